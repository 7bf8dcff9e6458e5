/** Enter tracks a single line; Shift+Enter, and Enter in a list, begin a new one. */
export function submitOnEnter(root: HTMLElement): void {
  const field = root.querySelector<HTMLTextAreaElement>("textarea[name=q]");
  field?.addEventListener("keydown", (event) => {
    const single = !field.value.includes("\n") && field.value.trim() !== "";
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !single) return;
    event.preventDefault();
    field.form?.requestSubmit();
  });
}
