/** npm passes a Ctrl-C on that the terminal has delivered already: both are one key press. */
const SAME_PRESS_MS = 500;

export interface StopRequest {
  /** Resolves with what was asked first, such as `SIGINT`. */
  requested: Promise<string>;
  /** Adds what is to be done at once when somebody asks again and will not wait; the last added is done first. */
  onKill: (action: () => void) => void;
}

export interface StopControl extends StopRequest {
  /** Asks for a stop; more of it changes nothing. */
  ask: (reason: string) => void;
  /** A signal: the first asks for a stop, a later one kills. */
  signal: (name: string) => void;
}

export function createStopRequest(now: () => number = Date.now): StopControl {
  const actions: (() => void)[] = [];
  const { promise: requested, resolve } = Promise.withResolvers<string>();
  let firstSignalAt: number | undefined;
  return {
    requested,
    onKill: (action) => {
      actions.unshift(action);
    },
    ask: resolve,
    signal: (name) => {
      resolve(name);
      firstSignalAt ??= now();
      if (now() - firstSignalAt > SAME_PRESS_MS) for (const action of actions) action();
    },
  };
}
