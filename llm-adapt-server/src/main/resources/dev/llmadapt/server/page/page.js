'use strict';

const element = id => document.getElementById(id);
let running = null; // the AbortController of what is asked now

function headers() {
  const all = { 'Content-Type': 'application/json' };
  const key = element('key').value;
  if (key) all.Authorization = 'Bearer ' + key;
  return all;
}

function make(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function errorOf(response) {
  try {
    return (await response.json()).error.message;
  } catch (e) {
    return 'the server answered with the status ' + response.status;
  }
}

async function showModels() {
  const models = element('models');
  try {
    const response = await fetch('v1/models', { headers: headers() });
    if (!response.ok) throw new Error(await errorOf(response));
    const answering = (await response.json()).data.filter(model => model.meta); // an embedder has none
    models.replaceChildren(...answering.map((model, index) => {
      const label = make('label', '');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.value = model.id;
      box.checked = index === 0;
      label.append(box, model.parent ? model.id + ' (of ' + model.parent + ')' : model.id);
      return label;
    }));
  } catch (e) {
    models.replaceChildren(make('p', 'The models cannot be listed: ' + e.message, 'error'));
  }
}

/** Calls back with each event of a stream, until it ends. */
async function events(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop();
    for (const part of parts) {
      const data = part.split('\n').filter(line => line.startsWith('data: ')).map(line => line.slice(6)).join('\n');
      if (data && data !== '[DONE]') onEvent(JSON.parse(data));
    }
  }
}

async function ask(model, question, signal) {
  const article = document.createElement('article');
  const thought = make('p', '', 'text');
  const thoughts = document.createElement('details');
  thoughts.append(make('summary', 'Thought'), thought);
  thoughts.hidden = true;
  const text = make('p', '', 'text');
  const times = make('p', 'waits', 'times');
  article.append(make('h2', model), thoughts, text, times);
  element('answers').append(article);
  const start = performance.now();
  let first = 0;
  let usage = null;
  let reason = null;
  try {
    const response = await fetch('v1/chat/completions', {
      method: 'POST', headers: headers(), body: JSON.stringify({ model, ...question }), signal });
    if (!response.ok) throw new Error(await errorOf(response));
    await events(response.body, event => {
      if (event.error) throw new Error(event.error.message);
      usage = event.usage || usage;
      for (const choice of event.choices || []) {
        const { content, reasoning_content: reasoning } = choice.delta;
        if (content || reasoning) first = first || performance.now();
        if (reasoning) {
          thoughts.hidden = false;
          thought.textContent += reasoning;
        }
        if (content) text.textContent += content;
        reason = choice.finish_reason || reason;
      }
    });
    if (!reason) throw new Error('the answer broke off');
    const seconds = (performance.now() - first) / 1000;
    const tokens = usage ? usage.completion_tokens : 0;
    times.textContent = 'first token after ' + ((first || performance.now()) - start).toFixed(0) + ' ms, ' + tokens + ' tokens'
      + (first && tokens > 1 && seconds > 0 ? ', ' + ((tokens - 1) / seconds).toFixed(1) + ' a second' : '')
      + (reason === 'length' ? ', cut off' : '');
    return true;
  } catch (e) {
    const stopped = e.name === 'AbortError';
    times.textContent = stopped ? 'stopped' : e.message;
    times.classList.toggle('error', !stopped);
    return false;
  }
}

async function askAll() {
  const models = [...element('models').querySelectorAll('input:checked')].map(box => box.value);
  if (running || !element('form').reportValidity()) return;
  if (!models.length) {
    element('status').textContent = 'Choose a model.';
    return;
  }
  const messages = [{ role: 'user', content: element('prompt').value }];
  if (element('system').value.trim()) messages.unshift({ role: 'system', content: element('system').value });
  const question = {
    messages,
    max_tokens: Number(element('max').value),
    temperature: Number(element('temperature').value),
    seed: Number(element('seed').value),
    stream: true,
    stream_options: { include_usage: true },
  };
  running = new AbortController();
  element('answers').replaceChildren();
  element('ask').disabled = true;
  element('stop').disabled = false;
  element('status').textContent = 'Asking ' + models.length + (models.length === 1 ? ' model.' : ' models.');
  const whole = await Promise.all(models.map(model => ask(model, question, running.signal)));
  element('status').textContent = whole.filter(each => each).length + ' of ' + models.length + ' answered.';
  element('ask').disabled = false;
  element('stop').disabled = true;
  running = null;
}

function stop() {
  if (running) running.abort();
}

element('form').addEventListener('submit', event => {
  event.preventDefault();
  askAll();
});
element('stop').addEventListener('click', stop);
element('key').addEventListener('change', showModels);
document.addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    askAll();
  } else if (event.key === 'Escape') {
    stop();
  }
});
showModels();
