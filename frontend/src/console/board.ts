// Cases are moved from column to column: by a pointer, or by Shift and an arrow. Both press the
// button of the ticket's own menu, which works without them.
const FAR_PX = 6;
// So near to its edge the board scrolls along.
const EDGE_PX = 40;
const SCROLL_PX = 12;

export function board(): void {
  if (!document.getElementById("moves")) return;
  document.addEventListener("pointerdown", grab);
  document.addEventListener("keydown", event => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest("input, select, textarea, dialog")) return;
    const ticket = document.activeElement?.closest<HTMLElement>(".ticket") ?? document.querySelector<HTMLElement>(".ticket.at");
    if (ticket && beside(ticket, getComputedStyle(document.body).direction === "rtl" ? -way : way)) event.preventDefault();
  });
  // One menu is open at a time, and none behind a click elsewhere.
  document.addEventListener("click", event => {
    const here = (event.target as Element).closest("details.move");
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.move[open]")) {
      if (menu !== here) menu.open = false;
    }
  });
  document.addEventListener("keydown", event => {
    const menu = (event.target as Element).closest<HTMLDetailsElement>("details.move[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  // Who has just moved a case goes on from there.
  addEventListener("load", () => {
    const moved = document.getElementById(location.hash.slice(1));
    if (!moved?.matches(".ticket")) return;
    moved.classList.add("at");
    moved.querySelector<HTMLElement>("a.name")?.focus({ preventScroll: true });
  });
}

const columns = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".board [data-column]")];
const column = (ticket: Element): HTMLElement | null => ticket.closest<HTMLElement>("[data-column]");

function beside(ticket: HTMLElement, way: number): boolean {
  const all = columns();
  const next = all[all.indexOf(column(ticket)!) + way];
  return next !== undefined && press(ticket, next);
}

function press(ticket: HTMLElement, to: HTMLElement): boolean {
  const button = ticket.querySelector<HTMLButtonElement>(`[data-to="${to.dataset.column}"]`);
  button?.form?.requestSubmit(button);
  return button !== null;
}

function grab(event: PointerEvent): void {
  const at = event.target as Element;
  const ticket = at.closest<HTMLElement>(".ticket");
  if (!ticket?.querySelector("[data-to]") || event.button !== 0 || at.closest(".move > div")) return;
  // A finger scrolls the page, unless it takes the handle.
  if (event.pointerType !== "mouse" && !at.closest("summary")) return;
  const { clientX, clientY, pointerId } = event;
  let held = false;
  let over: HTMLElement | null = null;
  let last = event;
  const frame = ticket.closest<HTMLElement>(".board")!;
  const scrolled = frame.scrollLeft;
  const scrolling = setInterval(() => {
    if (!held) return;
    const { left, right } = frame.getBoundingClientRect();
    const way = last.clientX > right - EDGE_PX ? 1 : last.clientX < left + EDGE_PX ? -1 : 0;
    const before = frame.scrollLeft;
    frame.scrollLeft += way * SCROLL_PX;
    if (frame.scrollLeft !== before) follow(last);
  }, 16);

  const follow = (moved: PointerEvent): void => {
    if (moved.pointerId !== pointerId) return;
    last = moved;
    const [x, y] = [moved.clientX - clientX, moved.clientY - clientY];
    if (!held && Math.hypot(x, y) < FAR_PX) return;
    if (!held) {
      held = true;
      ticket.classList.add("held");
      document.body.classList.add("dragging");
    }
    moved.preventDefault();
    ticket.style.translate = `${x + frame.scrollLeft - scrolled}px ${y}px`;
    const found = document.elementFromPoint(moved.clientX, moved.clientY)?.closest<HTMLElement>("[data-column]") ?? null;
    const may = found && found !== column(ticket) && ticket.querySelector(`[data-to="${found.dataset.column}"]`) ? found : null;
    over?.classList.remove("over");
    over = may;
    over?.classList.add("over");
  };
  const end = (dropped: boolean): void => {
    clearInterval(scrolling);
    for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener as EventListener, true);
    ticket.classList.remove("held");
    document.body.classList.remove("dragging");
    over?.classList.remove("over");
    ticket.style.translate = "";
    if (held && dropped && over && press(ticket, over)) over.querySelector("ol")?.prepend(ticket);
    // The click that ends a drag opens nothing.
    if (held) addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
  };
  const listeners = {
    pointermove: follow,
    pointerup: (up: PointerEvent): void => (up.pointerId === pointerId ? end(true) : undefined),
    pointercancel: (): void => end(false),
    keydown: (key: KeyboardEvent): void => (key.key === "Escape" ? end(false) : undefined),
    dragstart: (drag: Event): void => drag.preventDefault(),
  };
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener as EventListener, true);
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
