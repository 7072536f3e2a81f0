import { textsByLanguage } from "./languages.ts";
import { closestTag, matchLanguage } from "./locales.ts";
import type { Texts } from "./texts.ts";

/** The texts that may be an application's own. */
export type OwnTextName = "sms" | "sms_context";

/** An application's own texts by language (BCP 47) and name. */
export type OwnTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Choice = (locale: string) => string;

const cacheLimit = 1_000;
const choices = new WeakMap<OwnTexts, Map<OwnTextName, Choice>>();

/** The text in the language closest to `locale`, out of the application's own and the built-in ones. */
export function chooseText(name: OwnTextName, locale: string, own: OwnTexts | undefined): string {
  if (own === undefined) return textsByLanguage[matchLanguage(locale)][name];
  const known = choices.get(own) ?? new Map<OwnTextName, Choice>();
  choices.set(own, known);
  const choice = known.get(name) ?? chooser(name, own);
  known.set(name, choice);
  return choice(locale);
}

/** `pt` is what `pt-BR` means where nothing else is said (UTS #35, Likely Subtags). */
const inFull = (tag: string) => new Intl.Locale(tag).maximize().toString();

function chooser(name: OwnTextName, own: OwnTexts): Choice {
  const builtIn: Record<string, Texts> = textsByLanguage;
  const ownByTag = new Map(
    Object.entries(own).flatMap(([tag, { [name]: text }]) => (text === undefined ? [] : [[tag, text] as const])),
  );
  if (ownByTag.size === 0) return (locale) => textsByLanguage[matchLanguage(locale)][name];
  const taken = new Set([...ownByTag.keys()].map(inFull));
  const tags = [...ownByTag.keys(), ...Object.keys(builtIn).filter((tag) => !taken.has(inFull(tag)))];
  const cache = new Map<string, string>();

  return (locale) => {
    const chosen = cache.get(locale);
    if (chosen !== undefined) return chosen;
    // What is near to none of them gets what it would get without own texts, in the application's words if it has them.
    const nearest = closestTag(locale, tags, "");
    const language = nearest === "" ? matchLanguage(locale) : nearest;
    const ownTag = nearest === "" ? closestTag(language, [...ownByTag.keys()], "") : nearest;
    const text = ownByTag.get(ownTag) ?? (builtIn[language] as Texts)[name];
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(locale, text);
    return text;
  };
}
