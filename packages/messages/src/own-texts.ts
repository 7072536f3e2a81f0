import { type Language, textsByLanguage } from "./languages.ts";
import { closestTag, matchLanguage } from "./locales.ts";

/** The texts that may be an application's own. */
export type OwnTextName = "sms" | "sms_context" | "spoken" | "spoken_context";

/** An application's own texts by language (BCP 47) and name. */
export type OwnTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Chosen {
  text: string;
  /** The language that it is written in, as a BCP 47 tag. */
  tag: string;
}

type Choice = (locale: string) => Chosen;

const cacheLimit = 1_000;
const choices = new WeakMap<OwnTexts, Map<OwnTextName, Choice>>();

function builtIn(language: Language, name: OwnTextName): Chosen {
  const texts = textsByLanguage[language];
  // A sentence before the others, where an application's own is the whole of it.
  const text = name === "spoken_context" ? `${texts.spoken_context} ${texts.spoken}` : texts[name];
  return { text, tag: language };
}

/** The text in the language closest to `locale`, out of the application's own and the built-in ones. */
export function chooseText(name: OwnTextName, locale: string, own: OwnTexts | undefined): Chosen {
  if (own === undefined) return builtIn(matchLanguage(locale), name);
  const known = choices.get(own) ?? new Map<OwnTextName, Choice>();
  choices.set(own, known);
  const choice = known.get(name) ?? chooser(name, own);
  known.set(name, choice);
  return choice(locale);
}

/** `pt` is what `pt-BR` means where nothing else is said (UTS #35, Likely Subtags). */
const inFull = (tag: string) => new Intl.Locale(tag).maximize().toString();

function chooser(name: OwnTextName, own: OwnTexts): Choice {
  const ownByTag = new Map(
    Object.entries(own).flatMap(([tag, { [name]: text }]) => (text === undefined ? [] : [[tag, text] as const])),
  );
  if (ownByTag.size === 0) return (locale) => builtIn(matchLanguage(locale), name);
  const taken = new Set([...ownByTag.keys()].map(inFull));
  const tags = [...ownByTag.keys(), ...Object.keys(textsByLanguage).filter((tag) => !taken.has(inFull(tag)))];
  const cache = new Map<string, Chosen>();

  return (locale) => {
    const chosen = cache.get(locale);
    if (chosen !== undefined) return chosen;
    // What is near to none of them gets what it would get without own texts, in the application's words if it has them.
    const nearest = closestTag(locale, tags, "");
    const language = nearest === "" ? matchLanguage(locale) : nearest;
    const ownTag = nearest === "" ? closestTag(language, [...ownByTag.keys()], "") : nearest;
    const text = ownByTag.get(ownTag);
    const choice = text === undefined ? builtIn(language as Language, name) : { text, tag: ownTag };
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(locale, choice);
    return choice;
  };
}
