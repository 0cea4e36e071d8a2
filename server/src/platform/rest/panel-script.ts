/** Runs in the panel's page. The access token lives in this script's memory only. */
export const PANEL_SCRIPT = `'use strict';
let token = null;
const json = { 'content-type': 'application/json', 'x-wph-csrf': '1' };

document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch('/api/v1/auth/login', { method: 'POST', headers: json, body: JSON.stringify(Object.fromEntries(new FormData(form))) });
  const body = await answer.json();
  token = answer.ok ? body.accessToken : null;
  form.querySelector('output').textContent = answer.ok ? body.user.name + ', until ' + body.expiresAt : body.detail;
});

async function call(path, type, input) {
  const headers = { ...json, ...(token === null ? {} : { authorization: 'Bearer ' + token }) };
  const payload = input === undefined ? undefined : JSON.stringify({ json: input });
  if (type === 'mutation') return fetch('/trpc/' + path, { method: 'POST', headers, body: payload ?? '{}' });
  return fetch('/trpc/' + path + (payload === undefined ? '' : '?input=' + encodeURIComponent(payload)), { headers });
}

for (const section of document.querySelectorAll('details[data-path]')) {
  section.querySelector('button').addEventListener('click', async () => {
    const shown = section.querySelector('pre');
    shown.hidden = false;
    try {
      const text = section.querySelector('textarea').value.trim();
      const answer = await call(section.dataset.path, section.dataset.type, text === '' ? undefined : JSON.parse(text));
      const body = await answer.json();
      shown.textContent = answer.status + '\\n' + JSON.stringify(body.result ? body.result.data.json : body.error.json, null, 2);
    } catch (error) {
      shown.textContent = String(error);
    }
  });
}
`;
