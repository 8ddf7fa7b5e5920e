#!/usr/bin/env python3
"""Writes task.json, train.jsonl and test.jsonl of this folder: messages that ask a bank for a transfer, with its fields.

    python3 llm-adapt-pilot/tasks/transfers/make.py

No libraries; the same files on each run. A third of the wordings stands in the test part only, and of the names and
purposes each stands in one part only.
"""
import json, os, random

PEOPLE = ["Anna Meyer", "Tom Byrne", "Lucía Ortega", "Priya Nair", "Jonas Lindqvist", "Mary-Kate O'Brien", "Chen Wei",
          "Fatima Haddad", "Owen Price", "Sofia van der Berg", "Marek Novak", "Grace Adeyemi", "Harold Finch",
          "Ines Carvalho", "Yusuf Demir", "Elena Rossi", "Patrick Quinn", "Noor Rahman", "Clara Schmidt", "Diego Vega",
          "Ruth Abel", "Samuel Okoro", "Kirsty McLeod", "Bruno Costa", "Hanna Virtanen", "Lewis Grant", "Mei Tanaka",
          "Olga Petrova", "Felix Brandt", "Nadia Farouk"]
FIRMS = ["Greenfield Dental", "Harbour Gym", "Castle Lettings", "Bright Spark Electric", "St Mary's School", "Oak Insurance",
         "Nimbus Hosting", "Rivera Catering", "Kettle & Sons", "Parkside Nursery", "Tilda Books", "Northern Water"]
PURPOSES = ["rent", "the March rent", "dinner on Friday", "birthday present", "school fees", "car insurance", "piano lessons",
            "half of the hotel", "the deposit", "new bike", "concert tickets", "council tax", "vet bill", "invoice 20417",
            "invoice INV-3381", "membership", "holiday flat", "the plumber's work", "wedding gift", "books for term two",
            "electricity", "dog food", "order 7754", "the train tickets", "garden work", "web hosting", "nursery fees",
            "loan repayment", "the sofa", "flowers"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]
WORDS = {"EUR": ["euros", "euro", "EUR"], "GBP": ["pounds", "quid", "GBP"], "USD": ["dollars", "USD", "US dollars"]}
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}

# {who} {amount} and, in braces of their own, what may be missing: [ on {date}] [ for {purpose}] [ every month]
BOTH = [
    "Please send {amount} to {who}[ for {purpose}][ on {date}].",
    "Transfer {amount} to {who}[ on {date}][, reference {purpose}].",
    "Hi, can you pay {who} {amount}[ for {purpose}]? [It should go out on {date}. ]Thanks",
    "I'd like to move {amount} over to {who}[ by {date}]. [It's for {purpose}.]",
    "pay {amount} to {who}[ on {date}][ - {purpose}]",
    "Could you wire {who} {amount}[, date {date}][, payment reference: {purpose}]?",
    "Recipient: {who}. Amount: {amount}.[ Date: {date}.][ Purpose: {purpose}.]",
    "I owe {who} {amount}[ for {purpose}], please transfer it[ on {date}].",
    "{amount} to {who} please[, {date}][, it is for {purpose}].",
    "Good morning, kindly make a payment of {amount} to {who}[ for {purpose}][ to arrive by {date}].",
    "Please set up a transfer to {who}: {amount}[, first on {date}][, reference {purpose}].",
    "{who} needs {amount} from me[ for {purpose}]. Please send the money[ on {date}].",
    "Make a payment to {who} for the sum of {amount}[ on {date}]. [Reference: {purpose}.]",
    "[On {date}] please send {who} {amount}[ with the note \"{purpose}\"].",
]
ONLY_TEST = [
    "Would you mind sending over {amount} to {who}[ on {date}]? [Put {purpose} as the reference.]",
    "Forward {amount} from my current account to {who}[ for {purpose}][ by {date}].",
    "We agreed that {who} gets {amount} from me[ on {date}][ for {purpose}].",
    "Payment please. To: {who}, sum: {amount}[, when: {date}][, what for: {purpose}]",
    "Could {who} be paid {amount}[ for {purpose}][ on {date}]?",
    "Take {amount} and send it to {who}[, {purpose}][, on {date}].",
]
BEFORE = ["My balance should be {noise} now. ", "I am Robert Hale, account 4471 2093. ", "Order 5521 has come at last. ",
          "Yesterday I got {noise} from my employer. ", "Last month I sent {noise} by mistake. ", "Hello, Robert here. "]
AFTER = [" My account number is 4471 2093.", " I should have {noise} left after that.", " Call me on 0161 555 0{phone} if there is a problem.",
         " The last one of {noise} went through on 2 January 2026.", " Do not use the savings account.", " Thanks, Robert Hale"]

def number(r):
    value = r.choice([r.randint(5, 99), r.randint(100, 999), r.randint(1, 49) * 50, r.randint(1000, 9000), r.randint(500, 99999) / 100])
    if value == int(value):
        value = int(value)
        return value, f"{value:,}" if value > 999 and r.random() < .6 else str(value)
    return value, f"{value:,.2f}"

def money(r, currency):
    value, text = number(r)
    form = r.random()
    if form < .45: return value, SIGNS[currency] + text
    if form < .55: return value, currency + " " + text
    return value, text + " " + r.choice(WORDS[currency])

def date(r):
    year, month, day = 2026, r.randint(1, 12), r.randint(1, 28)
    text = r.choice([f"{year}-{month:02}-{day:02}", f"{day} {MONTHS[month - 1]} {year}", f"{MONTHS[month - 1]} {day}, {year}",
                     f"{day:02}/{month:02}/{year}", f"{day} {MONTHS[month - 1][:3]} {year}"])
    return f"{year}-{month:02}-{day:02}", text

def optional(r, template, said):
    """Keeps or leaves out each [part], whose one field is then null."""
    out, i = "", 0
    while i < len(template):
        if template[i] != "[":
            out += template[i]; i += 1; continue
        end = template.index("]", i)
        part, i = template[i + 1:end], end + 1
        name = next(n for n in ("date", "purpose") if "{" + n + "}" in part)
        if r.random() < (.6 if name == "date" else .7): out += part
        else: said[name] = None
    return out

def example(r, templates, people, purposes):
    currency = r.choices(["GBP", "EUR", "USD"], [5, 4, 2])[0]
    iso, when = date(r)
    value, amount = money(r, currency)
    said = dict(recipient=r.choice(people), amount=value, currency=currency, date=iso, purpose=r.choice(purposes), monthly=False)
    text = optional(r, r.choice(templates), said)
    text = text.format(who=said["recipient"], amount=amount, date=when, purpose=said["purpose"]).strip()
    if r.random() < .2:
        said["monthly"] = True
        text = text.rstrip(".? ") + r.choice([", every month.", ", and please repeat it monthly.", ". It is a standing order.", ", each month from then on."])
    noise = lambda: dict(noise=money(r, r.choice(list(SIGNS)))[1], phone=r.randint(100, 999))
    if r.random() < .35: text = r.choice(BEFORE).format(**noise()) + text
    if r.random() < .35: text += r.choice(AFTER).format(**noise())
    if r.random() < .15:
        text = text.lower()
        for name in ("recipient", "purpose"):
            said[name] = said[name] and said[name].lower()
    return text, said

def write(name, r, count, templates, people, purposes):
    seen, rows = set(), []
    while len(rows) < count:
        text, said = example(r, templates, people, purposes)
        if text in seen: continue
        seen.add(text)
        rows.append(dict(id=f"{name}{len(rows) + 1:03}", text=text, answer=said))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".jsonl"), "w", encoding="utf-8") as f:
        for row in rows: f.write(json.dumps(row, ensure_ascii=False) + "\n")

r = random.Random(19)
names, purposes = PEOPLE + FIRMS, PURPOSES[:]
r.shuffle(names); r.shuffle(purposes)
write("train", r, 80, BOTH, names[:24], purposes[:18])
write("test", r, 60, BOTH + ONLY_TEST + ONLY_TEST[:1], names[24:], purposes[18:])
null = lambda kind: {"type": [kind, "null"]}
task = {
    "name": "transfers",
    "instruction": "Extract the transfer that the bank customer's message asks for. The date is YYYY-MM-DD. What the message does not say is null.",
    "schema": {"type": "object", "properties": {
        "recipient": {"type": "string"}, "amount": {"type": "number"}, "currency": {"enum": ["EUR", "GBP", "USD"]},
        "date": null("string"), "purpose": null("string"), "monthly": {"type": "boolean"}}},
    "textColumn": "text", "labelColumn": "answer"}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "task.json"), "w", encoding="utf-8") as f:
    json.dump(task, f, indent=2, ensure_ascii=False); f.write("\n")
