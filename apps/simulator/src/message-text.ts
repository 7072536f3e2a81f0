export interface MessageSize {
  readonly encoding: "GSM-7" | "UCS-2";
  /** How many SMS the text takes. */
  readonly parts: number;
}

// 3GPP TS 23.038: the GSM 7 bit default alphabet, and the extension table, whose characters take two septets.
const basicAlphabet = "@£$¥èéùìòÇ\\nØø\\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,\\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà";
const extensionTable = "\\f^{}\\\\[~\\]|€";
const gsmText = new RegExp(`^[${basicAlphabet}${extensionTable}]*$`);
const extensionCharacters = new RegExp(`[${extensionTable}]`, "g");

export function measure(text: string, { forceUcs2 = false } = {}): MessageSize {
  if (forceUcs2 || !gsmText.test(text)) return { encoding: "UCS-2", parts: split(text.length, 70, 67) };
  const septets = text.length + (text.match(extensionCharacters)?.length ?? 0);
  return { encoding: "GSM-7", parts: split(septets, 160, 153) };
}

function split(units: number, alone: number, concatenated: number): number {
  return units <= alone ? 1 : Math.ceil(units / concatenated);
}
