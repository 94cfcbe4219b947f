### The frame of a report: page, email and PDF.

report-kicker = { $program } · { $date } · report { $number }
report-title = { $program }: what the panel said and what became of it, report { $number }
report-headline-none = Nothing has been recorded yet.
report-headline-you = { $n ->
    [one] You said one thing. Here is what became of it.
   *[other] You said { $words } things. Here is what became of them.
    }
report-headline-panel = { $n ->
    [one] The panel said one thing. Here is what became of it.
   *[other] The panel said { $words } things. Here is what became of them.
    }

# The parts of the bar.
report-part-done = done
report-part-promised = promised
report-part-overdue = overdue
report-part-exists = already available
report-part-declined = declined
report-part-question = question asked
report-part-reopened = open again
report-part-waiting = no answer yet

# The summary counts them. $words is $n as a word.
report-sum-done = { $n ->
    [one] { $words } is done
   *[other] { $words } are done
    }
report-sum-promised = { $n ->
    [one] { $words } is promised
   *[other] { $words } are promised
    }
report-sum-overdue = { $n ->
    [one] { $words } is overdue
   *[other] { $words } are overdue
    }
report-sum-exists = { $n ->
    [one] { $words } is already available
   *[other] { $words } are already available
    }
report-sum-declined = { $n ->
    [one] { $words } was declined, with a reason
   *[other] { $words } were declined, each with a reason
    }
report-sum-question = { $n ->
    [one] { $words } was answered with a question
   *[other] { $words } were answered with a question
    }
report-sum-reopened = { $n ->
    [one] { $words } is open again
   *[other] { $words } are open again
    }
report-sum-waiting = { $n ->
    [one] { $words } has no answer yet
   *[other] { $words } have no answer yet
    }
report-since-none = Since report { $number } ({ $date }), nothing has changed.
report-since = { $n ->
    [one] Since report { $number } ({ $date }), one has changed.
   *[other] Since report { $number } ({ $date }), { $words } have changed.
    }

# Who raised an item.
raised-you = You said it
raised-you-and-others = { $others ->
    [one] You said it, with one other
   *[other] You said it, with { $others } others
    }
raised-people = { $n ->
    [one] One person said it
   *[other] { $n } people said it
    }
raised-panel = Raised by the panel
item-number = No. { $number }

# The status at the edge. The dates are short.
edge-done = done { $date }
edge-done-undated = done
edge-late = { $days ->
    [one] { $status }, 1 day late
   *[other] { $status }, { $days } days late
    }
edge-promised = promised for { $date }
edge-promised-undated = promised
edge-due-soon = due soon: { $date }
edge-due-soon-undated = due soon
edge-overdue = overdue since { $date }
edge-overdue-undated = overdue
edge-exists = already available
edge-declined = declined
edge-question = question asked
edge-reopened = open again
edge-waiting = no answer yet

report-others = What others on the panel said
report-quote-you = , in your words
report-quote-by = , { $name }
report-reason = Reason: { $reason }
report-evidence = Evidence: { $evidence }
report-no-answer = There is no answer yet. The item stays on the list.
report-changed = New since { $date }: { $change }
report-final = Finalised on { $date }. This report no longer changes. Later changes appear in the next report.
report-preview = Preview of { $date }. This report is not final. It changes as answers are published.
report-audit-head = Last entry in our audit log before this report: { $head }
report-final-public = This version quotes only panelists who agreed, and hides counts below three.
report-pdf-ask = Does this answer you? Open your personal link and choose: yes, partly, not what I said, or still broken. The program team reads every answer.
report-pdf-staff = Complete report. Each attendee’s copy starts with the items they raised.
report-pdf-for = { $report } · for { $name }
report-pdf-page = Page { $page } of { $pages }
report-shared-page = What the panel said

# What changed since the report before. Written into the report when it becomes final.
change-new = This item is new in this report.
change-wording = Previous wording: “{ $text }”.
change-reopened = It was reopened.
change-answered = It now has an answer.
change-another-answer = Another answer was added.
change-delivered = The commitment was delivered.
change-delivered-late = { $days ->
    [one] The commitment was delivered, 1 day late.
   *[other] The commitment was delivered, { $days } days late.
    }
change-overdue = The commitment is overdue.
change-date = The date moved from { $before } to { $after }
change-date-new = A due date was set: { $date }
change-answer = The answer was reworded
