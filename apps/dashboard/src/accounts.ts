import { hash, timingSafeEqual } from "node:crypto";

export interface Login {
  user: string;
  password: string;
}

/** Who is logged in. */
export interface Account {
  user: string;
  /** Whether it may change anything, or only look. */
  mayChange: boolean;
}

/** @returns the account of a login, or nothing where no login has both this user and this password */
export type FindAccount = (given: Login) => Account | undefined;

const digest = (text: string) => hash("sha256", text, "buffer");

/**
 * Every login is compared whole and in constant time, so that the time does not tell how near a guess was.
 * @param viewer may look at everything and change nothing
 */
export function createAccounts(operator: Login, viewer: Login | undefined): FindAccount {
  const known = [{ login: operator, mayChange: true }, ...(viewer ? [{ login: viewer, mayChange: false }] : [])].map(
    ({ login: { user, password }, mayChange }) => ({
      account: { user, mayChange },
      digests: [digest(user), digest(password)],
    }),
  );
  return ({ user, password }) => {
    const given = [digest(user), digest(password)];
    // oxlint-disable-next-line unicorn/prefer-array-find -- it would stop at the first match, and the time would tell which
    const [found] = known.filter(({ digests }) => timingSafeEqual(Buffer.concat(given), Buffer.concat(digests)));
    return found?.account;
  };
}
