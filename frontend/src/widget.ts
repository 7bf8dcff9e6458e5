// <milepost-tracker number="…"> for a shop's page. One file, no other request than to its own server.

interface Answer {
  dir: string; lang: string; label: string; button: string; open: string; title: string; url: string;
  problem?: string; number?: string; status?: string; tone?: string; kicker?: string; head?: string;
  rest?: string; notice?: string; seen?: string; carrier?: string; synthetic?: string;
  steps?: [string, string, boolean][];
}

const HOME = new URL((document.currentScript as HTMLScriptElement | null)?.src ?? location.href).origin;
const STYLE = `
:host{display:block;color-scheme:light dark;font:16px/1.45 var(--milepost-font,system-ui,sans-serif);
--d:color-mix(in oklab,var(--milepost-accent,#2c9fb0) 58%,#fff);--a:light-dark(var(--milepost-accent,#0b6170),var(--milepost-accent-dark,var(--d)));--s:var(--milepost-surface,light-dark(#fff,#17191b));
--i:var(--milepost-ink,light-dark(#17191b,#edebe6));--q:var(--milepost-soft,light-dark(#5a5f65,#a0a5aa));
--l:var(--milepost-line,light-dark(#e4e1da,#2a2d30));--r:var(--milepost-radius,16px);color:var(--i)}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}
*{box-sizing:border-box;margin:0;padding:0}
section{background:var(--s);border:1px solid var(--l);border-radius:var(--r);padding:1.25rem}
form{display:flex;flex-wrap:wrap;gap:.5rem}label{flex-basis:100%;color:var(--q);font-size:.875em}
input{flex:1;min-width:9em;font:inherit;color:inherit;background:none;border:1px solid var(--q);border-radius:10px;padding:.55em .75em}
button{font:inherit;font-weight:600;border:0;border-radius:10px;padding:.55em 1.1em;background:var(--a);color:var(--s);cursor:pointer}
.p{display:inline-block;margin-bottom:.35em;border-radius:99px;padding:.1em .7em;font-weight:600;font-size:.875em;color:var(--a);background:color-mix(in srgb,var(--a) 13%,var(--s))}
.warning{color:light-dark(#8a4a00,#f2b75f);background:light-dark(#fdf0da,#33260e)}
.critical{color:light-dark(#a1211b,#ff938a);background:light-dark(#fde9e6,#3b1b18)}
.wait{color:var(--q);background:light-dark(#eeece6,#26292b)}
.k{margin-top:.8rem;color:var(--q)}h3{font-size:1.6em;line-height:1.15;letter-spacing:-.02em;margin-top:.1em}
h3 small{display:block;font-size:.68em;font-weight:500;color:var(--q);margin-top:.2em}
.n{margin-top:.7rem}.w{margin-top:.35rem;font-weight:600}.q{margin-top:.7rem;color:var(--q);font-size:.875em}
ol{display:flex;list-style:none;margin-top:1rem;gap:3px}li{flex:1;min-width:0;color:var(--q);font-size:.75em;line-height:1.3}
li::before{content:"";display:block;height:5px;margin-bottom:.4em;border-radius:9px;background:var(--l)}
li.reached::before,li.current::before{background:var(--a)}li.t::before{background:light-dark(#8a4a00,#f2b75f)}
li[aria-current]{color:var(--i);font-weight:600;white-space:nowrap}section{container-type:inline-size}
@container(max-width:26rem){li:not([aria-current]) span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
a{color:var(--a);font-weight:600}:focus-visible{outline:2px solid var(--a);outline-offset:2px}
`;

class Tracker extends HTMLElement {
  static observedAttributes = ["number", "lang", "server"];
  private readonly root = this.attachShadow({ mode: "open" });
  private turn = 0;

  connectedCallback(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];
    void this.show();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.show();
  }

  private async show(): Promise<void> {
    const turn = ++this.turn;
    const number = this.getAttribute("number")?.trim();
    const lang = this.getAttribute("lang") ?? document.documentElement.lang;
    const server = this.getAttribute("server") ?? HOME;
    const asked = `${server}/widget/${encodeURIComponent(number || "_")}${lang && `?lang=${encodeURIComponent(lang)}`}`;
    try {
      const answer = (await (await fetch(asked, { credentials: "omit" })).json()) as Answer;
      if (turn === this.turn) this.draw(answer, number);
    } catch {
      if (number) this.root.replaceChildren(make("section", {}, link(`${server}/t/${encodeURIComponent(number)}`, number)));
    }
  }

  private draw(answer: Answer, number: string | undefined): void {
    const box = make("section", { dir: answer.dir, lang: answer.lang, "aria-label": answer.title });
    if (!answer.head) box.append(this.form(answer, number));
    if (answer.problem) box.append(make("p", { class: "n", role: "status" }, answer.problem));
    if (answer.head) box.append(...road(answer));
    this.root.replaceChildren(box);
    this.dispatchEvent(new CustomEvent("milepost-shown", { detail: { number, status: answer.status }, bubbles: true, composed: true }));
  }

  private form(answer: Answer, number: string | undefined): HTMLElement {
    const field = make("input", { id: "n", required: "", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" }) as HTMLInputElement;
    field.value = number ?? "";
    const form = make("form", {}, make("label", { for: "n" }, answer.label), field, make("button", {}, answer.button));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.setAttribute("number", field.value.trim());
    });
    return form;
  }
}

function road(answer: Answer): HTMLElement[] {
  const steps = (answer.steps ?? []).map(([label, state, trouble]) =>
    make("li", { class: trouble ? "t" : state, ...(state === "current" ? { "aria-current": "step" } : {}) }, make("span", {}, label)),
  );
  const quiet = [answer.carrier, answer.number, answer.seen, answer.synthetic].filter(Boolean).join(" · ");
  return [
    make("p", { class: `p ${answer.tone}` }, answer.status ?? ""),
    ...(answer.notice ? [make("p", { class: "n w" }, answer.notice)] : []),
    ...(answer.kicker ? [make("p", { class: "k" }, answer.kicker)] : []),
    make("h3", {}, answer.head ?? "", ...(answer.rest ? [make("small", {}, answer.rest)] : [])),
    ...(steps.length ? [make("ol", {}, ...steps)] : []),
    make("p", { class: "q" }, quiet),
    make("p", { class: "n" }, link(answer.url, answer.open)),
  ];
}

function link(url: string, text: string): HTMLElement {
  return make("a", { href: url, target: "_blank", rel: "noopener" }, text);
}

function make(tag: string, attributes: Record<string, string>, ...parts: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...parts);
  return element;
}

if (!customElements.get("milepost-tracker")) customElements.define("milepost-tracker", Tracker);
