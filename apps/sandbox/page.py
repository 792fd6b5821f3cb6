"""The control page: plain HTML for a person who wants to move stock or raise a storm by hand."""

from html import escape

from .faults import FAULTS

TYPE = "text/html; charset=utf-8"
SHOWN = 25  # journal entries
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ddd}
form{display:flex;gap:.5rem;flex-wrap:wrap;align-items:end;margin:.75rem 0}label{display:grid;font-size:13px}
input,select,button{font:inherit;box-sizing:border-box;padding:.3rem .5rem;min-height:2rem}
.told{background:#fff6d6;padding:.5rem .75rem}
"""


def render(server, token: str | None, told: str, *, known: bool) -> bytes:
    inside = _inside(server, token or server.token) if known else _door()
    note = f'<p class="told" role="status">{escape(told)}</p>' if told else ""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>{escape(server.vendor.title)}</title><style>{STYLE}</style>
<h1>{escape(server.vendor.title)}</h1><p>{escape(server.vendor.about)}</p>{note}{inside}</html>""".encode()


def _door() -> str:
    return """<form method="post"><label>Control token<input name="token" type="password" required></label>
<button name="act" value="look">Open</button></form>"""


def _inside(server, token: str) -> str:
    hidden = f'<input type="hidden" name="token" value="{escape(token)}">'
    return "".join(
        (
            "<h2>Stores</h2>",
            _table(("Location", "Name", "License", "Packages", "Units"), server.vendor.stores(server.world)),
            "<h2>Change stock</h2>",
            f"""<form method="post">{hidden}<label>Package<select name="id">{_packages(server)}</select></label>
<label>Quantity<input name="quantity" type="number" min="0" step="any" required></label>
<button name="act" value="quantity">Set quantity</button></form>""",
            f"""<form method="post">{hidden}<button name="act" value="drift">Let something happen now</button>
<button name="act" value="reset">Begin again from the seed</button></form>""",
            *_chores(server, hidden),
            "<h2>Faults</h2>",
            f"""<form method="post">{hidden}
<label>Path<input name="path" value="{escape(server.vendor.usual_path)}"></label>
<label>Fault<select name="fault">{"".join(f"<option>{word}" for word in FAULTS)}</select></label>
<label>Times<input name="times" type="number" min="1" value="1"></label>
<button name="act" value="fault">Raise</button><button name="act" value="clear">Clear all</button></form>""",
            _table(("Path", "Fault", "Times", "Struck"), _rules(server)),
            "<h2>Last calls</h2>",
            _table(("At", "Caller", "Call", "Status", "Fault"), _calls(server)),
        )
    )


def _packages(server) -> str:
    return "".join(
        f'<option value="{escape(str(id))}">{escape(text)}' for id, text in server.vendor.choices(server.world)
    )


def _chores(server, hidden: str):
    """A button for each thing that waits for a person."""
    chores = server.vendor.chores(server.world)
    yield "<h2>Waits for a person</h2>" if chores else ""
    for act, id, words in chores:
        yield f"""<form method="post">{hidden}<input type="hidden" name="id" value="{id}">
{escape(words)} <button name="act" value="{act}">{act.capitalize()}</button></form>"""


def _rules(server):
    return [(rule["path"], rule["fault"], rule["times"] or "", rule["struck"]) for rule in server.world.weather.rules()]


def _calls(server):
    last = server.world.journal.entries()[-SHOWN:]
    return [
        (
            entry["at"],
            entry["caller"] or entry["auth"],
            f"{entry['method']} {entry['path']}",
            entry["status"],
            entry["fault"],
        )
        for entry in reversed(last)
    ]


def _table(heads, rows) -> str:
    def line(tag, cells):
        return (
            "<tr>" + "".join(f"<{tag}>{escape('' if cell is None else str(cell))}</{tag}>" for cell in cells) + "</tr>"
        )

    return f"<table>{line('th', heads)}{''.join(line('td', row) for row in rows)}</table>"


# ---- what the forms do; each answers with a sentence


def _raise(server, form):
    server.world.weather.add([{"path": form["path"], "fault": form["fault"], "times": int(form["times"])}])
    return f"{form['path']} meets {form['fault']}, calls left: {form['times']}."


def _clear(server, form):
    server.world.weather.clear()
    return "No faults."


def _drift(server, form):
    return " ".join(server.step())


def _reset(server, form):
    server.reset()
    return "Everything is as the seed has it."


FORMS = {"fault": _raise, "clear": _clear, "drift": _drift, "reset": _reset}
