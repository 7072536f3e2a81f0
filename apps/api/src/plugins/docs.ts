import swaggerUi from "@fastify/swagger-ui";
import type { Api } from "../deps.ts";

/** Everything comes from the service itself; the library's icons are data. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const style = `
body { background: #fff; }
.swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag, .swagger-ui .opblock .opblock-summary-description {
  font-family: system-ui, sans-serif;
}
.swagger-ui .wrapper { max-width: 1100px; }
.swagger-ui .info { margin: 32px 0; }
.swagger-ui .info hgroup.main a { display: none; }
.swagger-ui .markdown p, .swagger-ui .markdown td, .swagger-ui .renderedMarkdown p { line-height: 1.5; }
.swagger-ui .info table { display: block; overflow-x: auto; }
.swagger-ui .info table tr :is(th, td) { padding: 4px 16px 4px 0; }
.swagger-ui .response-col_links { display: none; }
`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1f2937"/><path d="M3 5l2.5 6L8 6l2.5 5L13 5" fill="none" stroke="#fff" stroke-width="1.6"/></svg>`;

/** The page does not say how wide it is, and a phone would show it as a desk does. */
const viewport = `document.head.append(Object.assign(document.createElement("meta"), { name: "viewport", content: "width=device-width, initial-scale=1" }));`;

/** The documentation at `/docs`, for people, without a key and without the internet. */
export async function docs(app: Api): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: contentSecurityPolicy,
    validatorUrl: false,
    theme: {
      title: "Watchword",
      css: [{ filename: "watchword.css", content: style }],
      js: [{ filename: "watchword.js", content: viewport }],
      favicon: [{ filename: "icon.svg", rel: "icon", type: "image/svg+xml", sizes: "any", content: icon }],
    },
    uiConfig: {
      layout: "BaseLayout",
      deepLinking: true,
      displayRequestDuration: true,
      docExpansion: "list",
      defaultModelsExpandDepth: 0,
      defaultModelExpandDepth: 3,
      tryItOutEnabled: false,
      showExtensions: false,
    },
  });
}
