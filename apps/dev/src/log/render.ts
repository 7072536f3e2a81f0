import pinoPretty from "pino-pretty";

type Colors = Parameters<pinoPretty.MessageFormatFunc>[3]["colors"];
type LogObject = Record<string, unknown>;

/** Told by the prefix, by the rendering itself, or by pino-pretty below the line. */
const apart = new Set(["level", "time", "pid", "hostname", "name", "service", "msg", "v", "err", "error"]);

/** Renders one line of a process: JSON of pino as `12:00:01 INFO  message  key=value`, anything else as it is. */
export function createRenderer({ color }: { color: boolean }): (line: string) => string[] {
  const pretty = pinoPretty.prettyFactory({
    colorize: color,
    singleLine: true,
    include: "err,error",
    // Without this pino-pretty paints the whole line as a message.
    customColors: "message:reset",
    messageFormat: (log, _messageKey, _levelLabel, { colors }) => messageLine(log, color ? colors : undefined),
  });
  return (line) => {
    const log = parse(line);
    return log
      ? pretty(log)
          .trimEnd()
          .split("\n")
          .map((part) => part.trimEnd())
      : [line];
  };
}

function parse(line: string): LogObject | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(line) as LogObject;
    return typeof value["level"] === "number" && typeof value["time"] === "number" ? value : undefined;
  } catch {
    return undefined; // not JSON after all: shown as it is
  }
}

function messageLine(log: LogObject, colors: Colors | undefined): string {
  const time = new Date(log["time"] as number).toTimeString().slice(0, 8);
  const pairs = Object.entries(log)
    .filter(([key, value]) => !apart.has(key) && value !== undefined)
    .map(([key, value]) => `${key}=${show(value)}`)
    .join(" ");
  const message = typeof log["msg"] === "string" ? withoutControl(log["msg"]) : "";
  const body = pairs === "" ? message : `${message}  ${colors ? colors.gray(pairs) : pairs}`;
  return `${time} ${levelName(log["level"] as number, colors)} ${body}`.trimEnd();
}

function levelName(level: number, colors: Colors | undefined): string {
  const [name, paint] = ((): [string, ((text: string) => string) | undefined] => {
    if (level >= 60) return ["FATAL", colors?.bgRed];
    if (level >= 50) return ["ERROR", colors?.red];
    if (level >= 40) return ["WARN ", colors?.yellow];
    if (level >= 30) return ["INFO ", colors?.green];
    if (level >= 20) return ["DEBUG", colors?.blue];
    return ["TRACE", colors?.gray];
  })();
  return paint ? paint(name) : name;
}

/** Words as they are; everything else as JSON, so that a value cannot look like the next key. */
function show(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=\p{Cc}]+$/u.test(value)) return value;
  return JSON.stringify(value);
}

/** A log line must not move the reader's cursor. */
const withoutControl = (text: string) => text.replace(/\p{Cc}/gu, " ");
