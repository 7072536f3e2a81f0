export {
  type Caller,
  type CommandOutcome,
  type OutgoingCall,
  type SmsMessage,
  type SmsSender,
  type SpeakCommand,
  type WebhookEvent,
  WebhookFormatError,
  type WebhookReader,
  WebhookSignatureError,
} from "./carrier.ts";
export { type CarrierName, carriers } from "./registry.ts";
