"""What alerts should say, worked out anew from the whole history: no state, no machine, only sums over the past.

A history is a list of items: ("read", t, signal), ("tick", t), ("ack", t), ("snooze", t, until), ("unsnooze", t),
("resolve", t). The answer is a list, for each item, of (event, number of the trigger).
"""

# ruff: noqa: D101, D102 - the names say it
import datetime as dt
from functools import cached_property

ZERO = dt.timedelta(0)


class History:
    def __init__(self, rule, items):
        self.rule, self.items, self.n = rule, items, len(items)

    # ---- the past, looked at backwards -------------------------------------------------------------------------

    def time(self, k):
        return self.items[k][1]

    @cached_property
    def steps(self):
        return [k for k in range(self.n) if self.items[k][0] in {"read", "tick"}]

    @cached_property
    def reads(self):
        return [k for k in range(self.n) if self.items[k][0] == "read"]

    def lasted(self, signal, after, k):
        """Time up to reading k that readings after `after` agree on a signal, back to the last that disagrees."""
        total = ZERO
        back = [r for r in reversed(self.reads) if after < r <= k]
        for place, r in enumerate(back):
            if self.items[r][2] not in {signal, "unknown"}:
                break
            earlier = back[place + 1] if place + 1 < len(back) else None
            if earlier is not None and self.items[r][2] == self.items[earlier][2] == signal:
                total += max(ZERO, self.time(r) - self.time(earlier))
        return total

    # ---- when it fired, and when it cleared --------------------------------------------------------------------

    @cached_property
    def triggers(self):
        """(opened, closed) by place in the history; closed is `n` while it is open."""
        found, after = [], -1
        while True:
            opened = next(
                (
                    k
                    for k in self.reads
                    if k > after and self.items[k][2] == "trip" and self.lasted("trip", after, k) >= self.rule.hold
                ),
                None,
            )
            if opened is None:
                return found
            closed = next((k for k in range(opened + 1, self.n) if self.closes(opened, k)), self.n)
            found.append((opened, closed))
            after = closed
            if closed == self.n:
                return found

    def closes(self, opened, k):
        if self.items[k][0] == "resolve":
            return True
        calm = self.items[k][0] == "read" and self.items[k][2] == "calm"
        return calm and self.lasted("calm", opened, k) >= self.rule.clear_hold

    def last_known(self, k):
        return next(self.items[r][2] for r in reversed(self.reads) if r <= k and self.items[r][2] != "unknown")

    def firing(self, trigger, k):
        opened, closed = trigger
        return opened <= k < closed and self.last_known(k) != "calm"

    # ---- who answered, and who was not to be disturbed ---------------------------------------------------------

    def acknowledged(self, trigger, k):
        """Place of the answer at or before k; None if there is none."""
        opened, closed = trigger
        return next((j for j in range(opened + 1, min(k + 1, closed)) if self.items[j][0] == "ack"), None)

    def snoozed(self, k):
        """Whether a snooze is on once item k is done."""
        last = next((j for j in range(k, -1, -1) if self.items[j][0] in {"snooze", "unsnooze"}), None)
        if last is None or self.items[last][0] == "unsnooze":
            return False
        return all(self.time(s) < self.items[last][2] for s in self.steps if last < s <= k)

    def quiet(self, k):
        return self.rule.quiet is not None and self.rule.quiet.covers(self.time(k))

    def passed(self, k):
        """Time between the step before step k, and k."""
        before = [s for s in self.steps if s < k]
        return max(ZERO, self.time(k) - self.time(before[-1])) if before else ZERO

    def between(self, first, last):
        """Time from step to step, from one to another."""
        return sum((self.passed(q) for q in self.steps if first < q <= last), ZERO)

    def unanswered(self, trigger, k):
        total = ZERO
        for s in self.steps:
            if trigger[0] < s <= k and self.firing(trigger, s):
                before = max(b for b in self.steps if b < s)
                answered = self.acknowledged(trigger, s - 1) is not None
                if self.firing(trigger, before) and not answered and not self.snoozed(s - 1):
                    total += self.passed(s)
        return total

    def is_due(self, trigger, k):
        after = self.rule.escalate_after
        return after is not None and self.unanswered(trigger, k) >= after

    def speaks(self, trigger, k):
        if not self.firing(trigger, k) or self.acknowledged(trigger, k) is not None or self.snoozed(k):
            return False
        level = self.rule.escalate_severity if self.is_due(trigger, k) else self.rule.severity
        return not self.quiet(k) or level >= self.rule.quiet.passes

    # ---- what is said ------------------------------------------------------------------------------------------

    def said(self):
        out = [[] for _ in range(self.n)]
        for number, trigger in enumerate(self.triggers, start=1):
            self.say_trigger(out, number, trigger)
        for k, item in enumerate(self.items):
            self.say_command(out, k, item)
        order = ["acknowledged", "snoozed", "unsnoozed", "resolved", "cleared", "raised", "reminded", "escalated"]
        return [sorted(events, key=lambda e: order.index(e[0])) for events in out]

    def say_trigger(self, out, number, trigger):
        opened, closed = trigger
        can = [s for s in self.steps if opened <= s < closed and self.speaks(trigger, s)]
        if not can:
            return
        raised, escalated = can[0], next((s for s in can if self.is_due(trigger, s)), None)
        out[raised].append(("raised", number))
        if escalated is not None:
            out[escalated].append(("escalated", number))
        last = raised
        for s in can[1:]:
            if s == escalated:
                last = s
            elif self.rule.repeat is not None and self.between(last, s) >= self.rule.repeat:
                out[s].append(("reminded", number))
                last = s
        severity = self.rule.severity if escalated is None else self.rule.escalate_severity
        for k in range(closed, self.n):
            if self.may_clear(k, severity):
                out[k].append(("cleared", number))
                return

    def may_clear(self, k, severity):
        if self.items[k][0] == "resolve":
            # Nothing but a resolution that closes something lets the machine speak here.
            if k not in {closed for _, closed in self.triggers}:
                return False
        elif k not in self.steps:
            return False
        if self.snoozed(k):
            return False
        speaking = k in self.steps and any(self.speaks(t, k) for t in self.triggers)
        return speaking or not self.quiet(k) or severity >= self.rule.quiet.passes

    def say_command(self, out, k, item):
        number, current = next(((i, t) for i, t in enumerate(self.triggers, start=1) if t[0] < k <= t[1]), (0, None))
        if item[0] == "ack" and current is not None and self.acknowledged(current, k - 1) is None:
            out[k].append(("acknowledged", number))
        if item[0] == "resolve" and current is not None:
            out[k].append(("resolved", number))
        if item[0] == "snooze":
            out[k].append(("snoozed", number))
        if item[0] == "unsnooze" and k > 0 and self.snoozed(k - 1):
            out[k].append(("unsnoozed", number))

    def status(self):
        """What is shown at the end."""
        if self.n and self.snoozed(self.n - 1):
            return "snoozed"
        trigger = next((t for t in self.triggers if t[1] == self.n), None)
        if trigger is not None:
            if self.acknowledged(trigger, self.n - 1) is not None:
                return "acknowledged"
            return "firing" if self.firing(trigger, self.n - 1) else "clearing"
        after = self.triggers[-1][1] if self.triggers else -1
        known = [r for r in self.reads if r > after and self.items[r][2] != "unknown"]
        return "pending" if known and self.items[known[-1]][2] == "trip" else "quiet"
