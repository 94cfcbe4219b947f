### Emails.

email-dear = Dear { $name },
email-hello = Hello,
email-thanks = Thank you,
email-heard = We heard
email-heard-number = We heard, no. { $number }

# Signing in.
email-sign-in-subject = Your sign-in link
email-sign-in = Use this link to sign in to Weheard. It works once and expires after { $minutes } minutes.
email-sign-in-button = Sign in
email-sign-in-small = If you did not request this link, ignore this email. No one can sign in without it.

# A new account.
email-account-subject = You have an account on Weheard
email-account = You now have an account on Weheard. Your role is { $role }.
email-account-by = { $name } added an account for you on Weheard. Your role is { $role }.
email-account-what = Weheard is where your organisation runs its customer advisory panels: what customers say, what the panel said, and what was promised in return.
email-account-button = Go to the sign-in page
email-account-small = To sign in, enter { $address } on the sign-in page. We then email you a sign-in link, so you don’t need a password.

# Codes.
email-code-leave-subject = Your code to leave the panel
email-code-password-subject = Your code to set a new password
email-code-permission-subject = Your code to change your quote permission
email-code-download-subject = Your code to download your data
email-code-subject = Your code
email-code = Enter this code on the page that is open in your browser:
email-code-small = It works for { $minutes } minutes. If you did not request it, ignore this email. Nothing changes without the code.
email-code-expired = The code expired before it could be sent.

# Invitations.
email-invitation-button = Read and answer the invitation
email-invitation-by = Please answer by { $date }. Yes and no are both fine.
email-invitation-small = { $organisation } is writing to you about { $program }. This link is personal, so please don’t share it. If you decline, we won’t write to you about it again.
email-confirm-own-subject = Please confirm your seat
email-confirm-own = You accepted our invitation to { $day }.
email-confirm-own-next = Please confirm that this is your email address. Your seat is reserved as soon as you do.
email-confirm-own-button = Confirm my answer
email-confirm-own-small = If you did not accept an invitation, ignore this email. No one can take part in your name.
email-confirm-other-subject = Is this right? { $name } answered your invitation
email-confirm-other = { $name } ({ $email }) accepted the invitation that we sent you for { $day }.
email-confirm-other-next = If that is right, please confirm it. The seat then belongs to { $name }, and we send all emails about the day to { $email }.
email-confirm-other-button = Confirm { $name }’s seat
email-confirm-other-small = If you don’t know about this, ignore this email. The answer then doesn’t count, and your own link still works.
email-seated-subject = You have a seat: { $day }
email-seated-headline = You have a seat
email-seated-promoted-subject = A seat is free for you: { $day }
email-seated-promoted-headline = A seat is free for you
email-seated = We look forward to listening to you at { $day }.
email-seated-next = Your personal page has the timetable. After the day it shows what we heard and what we did about it.
email-seated-button = Open your page
email-seated-small = Can’t come after all? Please tell us on your page, so that a person on the waitlist gets the seat.
email-waitlisted-subject = You’re on the waitlist: { $day }
email-waitlisted-headline = You’re on the waitlist
email-waitlisted = Thank you for accepting our invitation to { $day }. All seats are taken at the moment.
email-waitlisted-next = If a seat becomes free, you get it automatically and we email you.
email-waitlisted-button = Open your page
email-waitlisted-small = You can leave the waitlist on your page at any time.

# A day that has moved. $role: seated, waiting or invited.
email-moved-subject = New date or place: { $day }
email-moved-headline = The panel day has moved
email-moved = { $role ->
    [seated] We have moved the panel day that you have a seat for.
    [waiting] We have moved the panel day that you are on the waitlist for.
   *[invited] We have moved the panel day that we invited you to.
    }
email-moved-before = Before: { $day }
email-moved-now = Now: { $day }
# The date and place before or now, where the time zone changed too: "14 June 2010, Berlin (Berlin time)".
email-moved-zone = { $day } ({ $zone } time)
email-moved-next = { $role ->
    [seated] Can you still come? Please answer on your page. We keep your seat until you do.
    [waiting] You keep your place on the waitlist. If the new day doesn’t suit you, you can leave it on your page.
   *[invited] Your invitation is still open. Please answer it for the new day.
    }
email-moved-button = { $role ->
    [seated] Say whether you can come
    [waiting] Open your page
   *[invited] Read and answer the invitation
    }
email-moved-small = You get this email because you have accepted an invitation from { $organisation }, or still have one to answer. This link is personal, so please don’t share it.

# Items and their owners.
email-item-subject = Please answer: “{ $text }”
email-item-headline = What should we tell the panel?
email-item-edge = yours to answer
email-item = A good answer makes a commitment with a date, shows where the thing already exists, or says no and why.
email-item-next = The people who raised this will read your answer. You draft it, and the program team publishes it.
email-item-button = Draft the answer
email-item-asked = { $name } asked you to answer.
email-item-link-guest = This link is personal and opens only this item. You don’t need an account.
email-item-link-account = Sign in with your account to open this item.
email-returned-subject = Please revise your answer: “{ $text }”
email-returned-headline = Your answer needs a change
email-returned-edge = returned to you
email-returned = { $name } read your answer and returned it. The reason is below. Change the answer, then submit it for review again.
email-returned-button = Revise the answer
email-reopened-subject = Still broken: “{ $text }”
email-reopened-headline = { $name } says: still broken
email-reopened-panelist = A panelist
email-reopened-edge = open again
email-reopened-owner = The answer below did not solve the problem, so your item is open again.
email-reopened-publisher = The answer below did not solve the problem, so the item is open again. It has no owner. Please assign one, or answer it yourself.
email-reopened-button = Open item
email-reopened-owner-small = You get this email because you own this item.
email-reopened-publisher-small = You get this email because you published this answer, and the item has no owner with an email address.
email-remark = { $name }: “{ $text }”
email-too-soon-subject = Not enough, or too late: “{ $text }”
email-too-soon-headline = A panelist says: not enough, or too late
email-too-soon-edge = promised
email-too-soon-edge-due = promised for { $date }
email-too-soon = The due date has not passed, so the item keeps its status. You can change the answer and give a reason.

# Reports.
email-report-subject = { $headline } (report { $number }, { $program })
email-report = This is report { $number } on the panel of { $date }.
email-report-more = { $n ->
    [one] The panel said one more thing. It is in the report.
   *[other] The panel said { $words } more things. All of them are in the report.
    }
email-report-ask = Does this answer you? Choose in the report: yes, partly, not what I said, or still broken.
email-report-button = Read the report and answer
email-report-small = You get this email because you attended the panel. This link is personal, so please don’t share it.
email-report-unsubscribe = Unsubscribe from reports by email: { $url }

# Nominations.
email-nominate-subject = Your link to nominate
email-nominate-headline = What did you hear?
email-nominate = Use this link to nominate a post that deserves an answer, or a person we should ask. It also shows the results of your nominations.
email-nominate-button = Nominate
email-nominate-small = This link is personal, so please don’t share it. If you did not request it, ignore this email.
email-nominated-by = You nominated
email-nominated-accepted-subject = Your nomination was accepted
email-nominated-accepted-post = Thank you. We are working on the post that you nominated, and we email you when it has an answer.
email-nominated-accepted-person = Thank you. The person you nominated is on our list of people to ask.
email-nominated-answered-subject = Your nomination has an answer
email-nominated-answered = The post that you nominated has a public answer.
email-nominated-closed-subject = Your nomination was closed
email-nominated-closed = The post that you nominated was closed without a public answer. Reason: { $reason }
email-nominated-declined-subject = Your nomination was declined
email-nominated-declined-post = Thank you for nominating this post. We decided not to take it up. Reason: { $reason }
email-nominated-declined-person = Thank you for nominating this person. We decided not to take it up. Reason: { $reason }
email-nominated-button = See your nominations
email-nominated-read = Read the answer
email-nominated-all = All your nominations and their results:
email-nominated-small = You get this email because you made a nomination for { $program }. This link is personal.
