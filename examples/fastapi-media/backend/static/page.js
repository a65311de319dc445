const form = document.querySelector('form');
const alert = document.querySelector('[role="alert"]');
const list = document.querySelector('ul');
const template = document.querySelector('template');

function card(medium) {
  const item = template.content.cloneNode(true);
  item.querySelector('img').src = `/media/${medium.id}/poster`;
  item.querySelector('strong').textContent = medium.name;
  for (const colour of medium.findings.colours) {
    const swatch = document.createElement('i');
    swatch.style.background = colour;
    item.querySelector('.colours').append(swatch);
  }
  const facts = {
    size: `${medium.width} × ${medium.height}`,
    ...(medium.seconds === null ? {} : { seconds: medium.seconds, scenes: medium.findings.scenes }),
    sharpness: medium.findings.sharpness,
    ...(medium.findings.codes.length > 0 ? { code: medium.findings.codes.join(', ') } : {}),
  };
  for (const [name, value] of Object.entries(facts)) {
    const term = document.createElement('dt');
    const detail = document.createElement('dd');
    term.textContent = name;
    detail.textContent = value;
    item.querySelector('dl').append(term, detail);
  }
  return item;
}

async function show() {
  const media = await (await fetch('/media')).json();
  list.replaceChildren(...media.map(card));
}

form.addEventListener('submit', async event => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  const response = await fetch('/media', { method: 'POST', body: new FormData(form) });
  button.disabled = false;
  alert.hidden = response.ok;
  if (!response.ok) {
    const { detail } = await response.json();
    alert.textContent = typeof detail === 'string' ? detail : 'This cannot be sent.';
    return;
  }
  form.reset();
  await show();
});

await show();
