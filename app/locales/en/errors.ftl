### Errors that guests can meet: what happened, and what to do.

error-link-needed = Your visit has ended. Open the personal link in your email again.
error-not-found = This page does not exist, or your link does not open it. Check the link in your email.
error-too-many = Too many attempts in a short time. Wait a minute and try again.
error-busy = We can’t save this right now. Nothing you saved before is lost. Try again in a moment.
error-internal = Something went wrong on our side. Nothing you saved before is lost. Try again.
error-email-missing = Enter an email address.
error-email-address = “{ $address }” is not an email address. Enter one like name@example.com.
error-too-long = This text is too long. Shorten it to { $limit } characters.

# Personal links.
error-link-used = This sign-in link was already used. It works only once.
error-link-replaced = This sign-in link no longer works, because you signed in with a newer one.
error-link-old = This sign-in link is more than { $minutes } minutes old.
error-link-answered-again = This answer was replaced by a newer one. Use the link in the newest email.
error-link-revoked = This link was withdrawn. If you did not expect that, reply to the email it was in.
error-link-nominate-expired = This link has expired. Request a new one on the page /nominate.
error-link-expired = This link has expired. Reply to the email it was in to request a new one.
error-page-of-another-invitation = This page was for another invitation, so nothing was saved. Open the link to your invitation again.
error-page-of-another-item = This page was for another item, so nothing was saved. Open the link to your item again.
error-page-of-another-person = This page was for another person, so nothing was saved. Open your own link again.

# Invitations.
error-invitation-expired = The date to answer this invitation has passed. To join anyway, reply to the message it was in.
error-invitation-withdrawn = This invitation was withdrawn.
error-invitation-answered = This invitation was already answered.
error-invitation-accepted = You have already accepted this invitation. To withdraw, open your personal page from the confirmation email.
error-day-changed = The date or place of this day was changed after you opened the page. Read them again, then answer.
error-day-over = This day is over, so there is nothing to confirm any more.
error-reconfirm-no-seat = You no longer have a seat to confirm.
error-name-missing = Enter your name.
error-consent-missing = Tick the box so that we may write to you about this day. We can’t reserve a seat without it.
error-email-taken = This email address already belongs to another person on this day. Enter a different one.
error-confirm-wait = We have sent several confirmation emails in the last hour. { $minutes ->
    [one] Try again in a minute.
   *[other] Try again in { $minutes } minutes.
    }

# Codes.
error-code-wait = You have requested { $limit } codes in the last hour. { $minutes ->
    [one] Request another one in a minute.
   *[other] Request another one in { $minutes } minutes.
    }
error-code-tries-wait = You have entered { $limit } codes in the last hour. { $minutes ->
    [one] Try again in a minute.
   *[other] Try again in { $minutes } minutes.
    }
error-code-none = There is no code to enter. Request a new one.
error-code-tries = Too many attempts. Request a new code.
error-code-expired = This code is more than { $minutes } minutes old. Request a new one.
error-code-wrong = This code does not match the one in the email. Check the digits.

# Items and their answers.
error-answer-text-missing = Enter the answer.
error-answer-owner-missing = Enter the responsible person or role.
error-answer-due-missing = Enter a due date. A commitment needs one.
error-answer-due-past = This date is in the past. Enter a later due date.
error-answer-due-far = This date is more than three years away. Commit to a first step that can be delivered sooner.
error-answer-due-format = “{ $text }” is not a date. Write it as year-month-day, such as 2010-06-15.
error-answer-link-missing = Enter the link where the panel can find it. It starts with https://.
error-answer-link-format = Enter a full web address, such as https://example.com/page.
error-answer-reason-missing = Choose a reason for declining. The panel will see it.
error-answer-change-missing = Enter the reason for the change.
error-answer-published = This version is published and cannot be changed. Draft a new version instead.
error-answer-changed = Someone else changed this answer after you opened the page. Your changes are not saved yet. Read it, then save again.
error-answer-changed-draft = Someone else changed this answer after you opened the page. It is now a draft and reads: “{ $text }” Your changes are not saved yet. Read it, then save again.
error-answer-changed-review = Someone else changed this answer after you opened the page. It is now in review and reads: “{ $text }” Your changes are not saved yet. Read it, then save again.
error-answer-changed-published = Someone else changed this answer after you opened the page. It is now published and reads: “{ $text }” Your changes are not saved yet. Read it, then save again.
error-item-draft = This item is still a draft. Publish it to the board first.
error-item-merged = This item was merged into another item. Make your change there.
error-item-merged-into = Item { $number } was merged into item { $survivor }: “{ $text }” Make your change there.
error-item-withdrawn = This item was withdrawn and cannot be changed.
error-item-changed-guest = Someone else changed this item after you opened the page. It reads: “{ $text }” Your changes are not saved yet. Check the item, then save again.
error-page-outdated = This page is out of date. Reload it, then try again. What you typed is still below.

# Reports.
error-answer-missing = Enter your answer to the question.

# Nominations.
error-nominations-closed = Nominations are closed at the moment.
error-nominations-closed-for-you = This program no longer takes nominations from your email address.
error-nominate-domain = Email addresses at { $domain } can’t be used here. Enter your company email address.
error-nominate-wait = We have already sent several links to this address in the last hour. They all still work. { $minutes ->
    [one] Request another one in a minute.
   *[other] Request another one in { $minutes } minutes.
    }
error-nominate-link-unknown = This link no longer works. Request a new one on the page /nominate.
error-nominate-post-missing = Enter the link to the post, or its text.
error-nominate-link = This is not a web address. Copy it from the browser, starting with https://.
error-nominate-who-missing = Enter a name, a handle or the address of a profile.
error-nominate-place-missing = Choose where this person posts.
error-nominate-why-missing = Enter why we should ask this person.
