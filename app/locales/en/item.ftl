### /item: what an owner without an account sees of a heard item, and the answer to it. Staff see the same words on the item's page.

item-page = Answer what the panel said
item-sub = { $day }, { $date }. Until it is published, only the program team can see your draft.
item-quotes = In their words
item-merged = This item was merged into another item, so it no longer needs your answer.
item-withdrawn = This item was withdrawn, so it no longer needs your answer.
item-withdrawn-reason = This item was withdrawn, so it no longer needs your answer: “{ $reason }”
item-reopened-panelist = A panelist reopened this on { $date }.
item-reopened-panelist-reason = A panelist reopened this on { $date }: “{ $reason }”
item-reopened-team = The program team reopened this on { $date }.
item-reopened-team-reason = The program team reopened this on { $date }: “{ $reason }”
item-number-people = { $people ->
    [0] Item { $number }
    [one] Item { $number }, raised by one person
   *[other] Item { $number }, raised by { $people } people
    }
item-no-answer = No answer yet.

# What becomes of the item.
status-no-answer = no answer yet
status-in-review = in review
status-reopened = open again
status-on-track = promised for { $date }
status-due-soon = due soon: { $date }
status-overdue = overdue since { $date }
status-delivered = delivered
status-delivered-late = { $days ->
    [one] delivered, 1 day late
   *[other] delivered, { $days } days late
    }
status-exists = already exists
status-declined = declined
status-question = question to the panel

# An answer. $organisation answers.
answer-commit = { $organisation } · commitment
answer-exists = { $organisation } · already exists
answer-declined = { $organisation } · declined
answer-question = { $organisation } · question to the panel
answer-version = { $answer }, version { $number }
answer-drafted-by = { $answer } · drafted by { $name }
answer-responsible = Responsible: { $name }
answer-due = due { $date }
answer-published = published { $date }
answer-change-reason = reason for the change: “{ $reason }”
answer-in-review = In review
answer-draft = Draft answer
answer-advertising = This reads like advertising: “{ $words }”. Say what will change for the panel.

# The form for an answer.
draft-edit = Edit draft
draft-new-answer = New answer
draft-new-version = Draft new version
draft-kind = Type of answer
draft-kind-commit = Commitment
draft-kind-exists = Already exists
draft-kind-declined = Declined
draft-kind-question = Question to the panel
draft-text = { $organisation }’s answer
draft-text-hint = The panel will read this. Say what will change for them.
draft-owner = Responsible
draft-owner-hint = A name or a role.
draft-due = Due date
draft-link = Link
draft-link-hint = Where the panel can find it. Starts with https://.
draft-reason = Reason
draft-reason-choose = Choose a reason
draft-change-reason = Reason for the change
draft-change-reason-hint = The panel will read this next to the change.
draft-save = Save draft
draft-submit = Submit for review
draft-saved = Draft saved.
draft-submitted = Submitted for review.
draft-withdraw = Withdraw from review and save as draft
draft-submit-again = Save and submit again
draft-in-review = This answer is in review. The reviewer sees your changes when you submit it again.
draft-saved-out-of-review = Draft saved. It is no longer in review. Submit it when it is ready.
draft-returned = Returned on { $date }. Change the answer, then submit it again.
draft-returned-reason = What is missing: “{ $text }”

# Why something was declined.
declined-not-ours = Outside our control
declined-duplicate = Answered elsewhere
declined-cost = Too expensive
declined-law = Not allowed by law
declined-direction = We are going in a different direction
declined-other = Other
