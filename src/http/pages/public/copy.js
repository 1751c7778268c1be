// Copies the content of a field. Without this script, or where the browser denies access to the clipboard, the button
// stays hidden and the field can be selected by hand.
for (const button of document.querySelectorAll('[data-copies]')) {
  const field = document.getElementById(button.dataset.copies);
  field.addEventListener('focus', () => field.select());
  if (navigator.clipboard === undefined) continue;
  button.hidden = false;
  const status = document.getElementById('copied');
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(field.value).then(
      () => (status.textContent = status.dataset.copied),
      () => (status.textContent = status.dataset.refused),
    );
  });
}
