export {
  type SmsMessage,
  type SmsSender,
  type WebhookEvent,
  WebhookFormatError,
  type WebhookReader,
  WebhookSignatureError,
} from "./carrier.ts";
export { type CarrierName, carriers } from "./registry.ts";
