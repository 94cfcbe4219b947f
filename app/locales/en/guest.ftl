### The frame around guests' pages, and the pages that personal links open.

skip-to-content = Skip to content
forget-device = Not your device? Remove your access
device-forgotten = Access removed from this device
device-forgotten-text = No one can open your page on this device any more. To return, open the link in your email or message on your own device.
form-not-saved = There is a problem
form-you-wrote = You wrote:

# Titles of pages that cannot be shown.
guest-error-closed = This page is no longer available
guest-error-missing = Page not found
guest-error-wait = Wait a moment
guest-error-changed = This has changed
guest-error-invalid = Check your answers
guest-error-failed = Something went wrong
guest-newest-link = If you opened a link from an email, use the link in the newest email.

# /l/{token}: what a personal link opens.
link-page = Personal link
link-sign-in = Sign in to Weheard
link-sign-in-text = Signs you in on this device.
link-invitation = You’re invited
link-invitation-text = Continue to read your invitation and answer it.
link-confirm = Confirm this answer
link-confirm-text = { $name } ({ $email }) accepted the invitation to “{ $day }” on { $date }.
link-portal = Welcome back
link-portal-text = Continue to your panel day and your reports.
link-item = Answer what the panel said
link-item-text = Continue to read what customers said and draft an answer.
link-nominate = Nominate a post or a person
link-nominate-text = Continue to nominate, or to see your earlier nominations.
link-continue = Continue
link-confirm-button = Confirm answer
link-private = This link is personal. Please don’t share it.
link-expired-title = Request a new link
link-expired-offer = { $why } We can email you a new one.
link-expired-no-email = { $why } This server cannot send email. Ask your administrator for a new link.
link-email = Email address
link-email-me = Email me a sign-in link

# /unsubscribe/{token}
unsubscribe-page = Reports by email
unsubscribe-done = You’re unsubscribed
unsubscribe-done-text = We won’t email you any more reports. They stay available on your personal page, where you can also subscribe again.
unsubscribe-ask = Unsubscribe from reports by email?
unsubscribe-ask-text = You stay on the panel, and your personal page keeps all reports.
unsubscribe-button = Unsubscribe
