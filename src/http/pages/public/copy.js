// Copies the content of a field. Without this script, or where the browser denies access to the clipboard, the button
// stays hidden and the field can be selected by hand.
for (const button of document.querySelectorAll('[data-copies]')) {
  const field = document.getElementById(button.dataset.copies);
  field.addEventListener('focus', () => field.select());
  if (navigator.clipboard === undefined) continue;
  button.hidden = false;
  const said = document.getElementById('copied');
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(field.value).then(
      () => (said.textContent = 'Copied.'),
      () => (said.textContent = 'The browser does not let it be copied: select it by hand.'),
    );
  });
}
