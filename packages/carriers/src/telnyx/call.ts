import type Telnyx from "telnyx";
import type { Caller } from "../carrier.ts";
import { connectTelnyx, type TelnyxOptions } from "./client.ts";
import { telnyxDialError } from "./errors.ts";
import { isTelnyxCallId } from "./ids.ts";
import { commandOutcomeOfError, outcomeOfError } from "./outcome.ts";

export interface TelnyxCallerOptions extends TelnyxOptions {
  /** The Call Control application that the calls belong to. */
  connectionId: string;
}

/** Ringing longer than this mostly reaches a voicemail box, which hears nothing anyway. */
const RING_SECONDS = 30;
/** Several times what it takes to hear the longest code again and again; bounds what a call can cost. */
const CALL_SECONDS = 120;
/** To find the key 1 after the text has ended. */
const KEY_TIMEOUT_MS = 5000;

type SpokenLanguage = NonNullable<Telnyx.Calls.ActionGatherUsingSpeakParams["language"]>;

const done = (answer: { data?: { result?: string } }) =>
  typeof answer.data?.result === "string"
    ? ({ outcome: "done" } as const)
    : ({ outcome: "retry", reason: "unexpected_answer" } as const);

/** Places calls with the official SDK (`POST /calls` and the actions of a call). */
export function createTelnyxCaller(options: TelnyxCallerOptions): Caller {
  const { client, close } = connectTelnyx(options);
  const { from, connectionId } = options;
  return {
    async dial({ to, webhookUrl, commandId }) {
      // A pool or a sender of letters can send a message, but nobody can be called from it.
      if (!from) return { outcome: "failed", reason: "invalid_sender" };
      try {
        const answer = await client.calls.dial({
          connection_id: connectionId,
          to,
          from,
          webhook_url: webhookUrl,
          command_id: commandId,
          // One event with one result for every answered call. `premium` tells a home from a business, which nobody
          // asks here, costs more, and sends no result at all where it hears a beep first.
          answering_machine_detection: "detect",
          timeout_secs: RING_SECONDS,
          // Else Telnyx starts to ring anew over each further route.
          retry_on_timeout: false,
          time_limit_secs: CALL_SECONDS,
        });
        const carrierId = answer.data?.call_control_id;
        return isTelnyxCallId(carrierId)
          ? { outcome: "sent", carrierId }
          : { outcome: "uncertain", reason: "unexpected_answer" };
      } catch (error) {
        return outcomeOfError(error, Date.now(), telnyxDialError);
      }
    },

    async speak({ callId, commandId, text, language, voice }) {
      try {
        const answer = await client.calls.actions.gatherUsingSpeak(callId, {
          payload: text,
          payload_type: "text",
          voice,
          language: language as SpokenLanguage,
          command_id: commandId,
          valid_digits: "1",
          minimum_digits: 1,
          maximum_digits: 1,
          maximum_tries: 1,
          timeout_millis: KEY_TIMEOUT_MS,
        });
        return done(answer);
      } catch (error) {
        return commandOutcomeOfError(error, Date.now());
      }
    },

    async hangUp({ callId, commandId }) {
      try {
        return done(await client.calls.actions.hangup(callId, { command_id: commandId }));
      } catch (error) {
        return commandOutcomeOfError(error, Date.now());
      }
    },

    close,
  };
}
