// Buttons that copy a field. Without a script, or without leave to copy, the field itself can be marked and copied.

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(field.value.trim());
      button.textContent = button.dataset.copied;
    } catch {
      field.select();
    }
  });
}
