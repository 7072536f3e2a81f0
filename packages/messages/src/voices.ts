import type { Language } from "./languages.ts";
import { closestTag } from "./locales.ts";

export interface Voice {
  /** One of Telnyx's `language` values. */
  readonly language: string;
  /** `AWS.Polly.<name>[-Neural]` or `Azure.<id>`, as Telnyx names them. */
  readonly voice: string;
}

/** A BCP 47 tag, Telnyx's `voice`, and its `language` where that is not the tag. */
type Row = readonly [tag: string, voice: string, language?: string];

/**
 * The voices of each language, its own first. Sources: `language` and the forms of `voice` in the types of Telnyx's SDK
 * 7.24 (gather_using_speak) and its catalogue (developers.telnyx.com/docs/tts-stt/tts-available-voices, 2026); the names
 * in docs.aws.amazon.com/polly/latest/dg/available-voices.html and in Azure's "Language support". Amazon has a voice for
 * every language here, but its Hindi ones speak Indian English unless a request says otherwise, and Telnyx ignores
 * `language` with Amazon's voices. Its one voice of Standard Arabic is not a neural one.
 */
export const voices: Readonly<Record<Language, readonly [Row, ...Row[]]>> = {
  en: [
    ["en-US", "AWS.Polly.Joanna-Neural"],
    ["en-GB", "AWS.Polly.Amy-Neural"],
    ["en-AU", "AWS.Polly.Olivia-Neural"],
    ["en-IN", "AWS.Polly.Kajal-Neural"],
  ],
  es: [
    ["es-ES", "AWS.Polly.Lucia-Neural"],
    ["es-MX", "AWS.Polly.Mia-Neural"],
    ["es-US", "AWS.Polly.Lupe-Neural"],
  ],
  fr: [
    ["fr-FR", "AWS.Polly.Lea-Neural"],
    ["fr-CA", "AWS.Polly.Gabrielle-Neural"],
  ],
  de: [["de-DE", "AWS.Polly.Vicki-Neural"]],
  pt: [
    ["pt-BR", "AWS.Polly.Camila-Neural"],
    ["pt-PT", "AWS.Polly.Ines-Neural"],
  ],
  it: [["it-IT", "AWS.Polly.Bianca-Neural"]],
  nl: [["nl-NL", "AWS.Polly.Laura-Neural"]],
  pl: [["pl-PL", "AWS.Polly.Ola-Neural"]],
  tr: [["tr-TR", "AWS.Polly.Burcu-Neural"]],
  ar: [["ar-001", "AWS.Polly.Zeina", "arb"]],
  hi: [["hi-IN", "Azure.hi-IN-SwaraNeural"]],
  ja: [["ja-JP", "AWS.Polly.Kazuha-Neural"]],
  ko: [["ko-KR", "AWS.Polly.Seoyeon-Neural"]],
  zh: [["zh-CN", "AWS.Polly.Zhiyu-Neural", "cmn-CN"]],
};

/** The voice of the language whose region is closest to that of `locale`, any BCP 47 tag; never throws. */
export function matchVoice(language: Language, locale: string): Voice {
  const rows = voices[language];
  const [own] = rows;
  const tags = rows.map(([tag]) => tag);
  const closest = closestTag(locale, tags, own[0]);
  const [tag, voice, code = tag] = rows.find(([candidate]) => candidate === closest) ?? own;
  return { language: code, voice };
}
