### The invitee's page and what the invitation says.

invitation-page = Your invitation

# The card with the day.
day-when = When
day-where = Where
day-answer-by = Please answer by
day-times = { $from }–{ $to } ({ $zone })
day-times-later = Times will be announced with the timetable.

# What the invitation says.
invitation-details = About this panel
invitation-invited-by = Invited by
invitation-sponsor = { $organisation }: { $sponsor }
invitation-purpose = Purpose
invitation-ground-rules = Ground rules
invitation-membership = Length of membership
invitation-benefits = What you get
invitation-expenses = Expenses we cover
invitation-why = Why you
invitation-reason-negative = We read { $mentions } of your public posts. { $leading } of them were critical.
invitation-reason-positive = We read { $mentions } of your public posts. { $leading } of them were positive.
invitation-reason-answer = In our survey you answered: “{ $text }”
invitation-reason-score = In our survey you gave us { $given } out of { $scale }.
invitation-reason-owner = You own our products, and agreed that we may contact you.
invitation-why-mentions = We chose you because of what you have said in public.
invitation-why-customer = We chose you because you are a customer.
invitation-data = Your data
invitation-data-basis = Lawful basis: { $basis }.
invitation-data-months = { $months ->
    [one] Posts are kept for one month.
   *[other] Posts are kept for { $months } months.
    }
invitation-data-rights = If you accept, we keep your name and email address to organise the day and to report back to you. You can leave the panel, download your data, or have it erased at any time.

invitation-agenda = Timetable
invitation-agenda-zone = Local times in { $place }.

# Answering.
invitation-answer = Your answer
invitation-yes = Yes, I’ll come
invitation-no = No, thank you
invitation-said-no = You declined. If you change your mind, you can still accept below.
invitation-name = Your name
invitation-email = Your email address
invitation-email-hint-known = Leave empty to use { $address }, the address we invited. If you enter another one, we ask for confirmation at the invited address first.
invitation-email-hint-new = We send you an email to confirm that the address is yours.
invitation-quotes = May we quote you outside { $organisation }?
invitation-quotes-hint = You can change this at any time.
invitation-consent = { $organisation } may write to me about { $day } and its results
invitation-accept = Accept invitation
invitation-reason = Reason (optional)
invitation-decline = Decline invitation

# After the answer.
invitation-seated = You have a seat
invitation-seated-text = We look forward to listening to you.
invitation-waiting = You’re on the waitlist
invitation-waiting-text = All seats are taken. If one becomes free, it goes to the person who has waited longest, and we email you at once.
invitation-left = You have left this day
invitation-left-text = Thank you for telling us. You don’t need to do anything else.
invitation-next = What happens next
invitation-next-email = We have emailed { $address } a link to your personal page.
invitation-next-page = Your personal page has the timetable, your quote permission and, after the day, your reports.
invitation-next-leave = If you can’t come after all, please tell us on that page, so that another person gets the seat.
invitation-again = Read the invitation again
invitation-confirm = Please confirm your answer
invitation-confirm-own = We have emailed { $address } to check that the address is yours.
invitation-confirm-invited = We have emailed { $address }, because that is the address we invited.
invitation-confirm-next = Your seat is reserved when you press the button in that email. Seats go to those who confirm first.
invitation-confirm-again = No email, or a wrong address? Answer again below. Only the newest answer counts.

# Messages after a form.
invitation-done-seated = Thank you. Your seat is reserved.
invitation-done-waiting = Thank you. All seats are taken, so you’re on the waitlist.
invitation-done-confirm = Thank you. One more step: press the button in the email we have just sent.
invitation-done-no = Thank you for your answer.

# How a panelist may be quoted.
quotes-none = No quotes
quotes-anonymous = Quotes without my name
quotes-named = Quotes with my name

# The first text of an invitation, which staff may change before it is sent.
draft-subject = { $organisation } would like to listen to you: { $date }, { $place }
draft-why-ranter = You have said in public what { $organisation } gets wrong. We have read it, and we would like to hear more from you in person.
draft-why-raver = You have said in public what { $organisation } gets right. We would like to know what we should keep, and what would make it better.
draft-why-apathetic = You own a product from { $organisation }, and you have never told us what you think of it. We would like to ask you.
draft-hand =
    Hello { $name }, this is { $organisation }. { $why }

    We are inviting { $people } people to { $place } on { $date }: { $day }. { $costs }

    The page behind your personal link says who is inviting you and why, what we pay for, and what happens with your data. You can accept or decline there.
draft-email =
    Hello { $name },

    { $why }

    We invite you to “{ $day }” on { $date } in { $place }. { $people } people will take part, together with colleagues from { $organisation } who can change things. They are there to listen.

    Our ground rules: { $rules }
draft-email-benefits = What you get: { $benefits }
draft-email-end =
    Expenses we cover (you are free to mention this): { $costs }

    Length of membership: { $term }

    Afterwards we send you a report: what we heard from you, and what we do about it, item by item.

    { $ending }
