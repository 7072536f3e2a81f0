import type { Texts } from "./texts.ts";

export const hi: Texts = {
  sms: "{code} आपका {brand} सत्यापन कोड है। इसे किसी को न बताएँ।",
  sms_context: "{code}: {payee} को {amount} भुगतान का कोड ({brand})",
  spoken: "नमस्ते, यह {brand} की ओर से कॉल है। आपका सत्यापन कोड है: {code}; फिर से सुनिए: {code}; दोबारा सुनने के लिए 1 दबाएँ।",
  spoken_context: "यह कॉल {payee} को {amount} के भुगतान के बारे में है।",
};
