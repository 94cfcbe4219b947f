### Nominations by employees.

nominate-page = Nominations
nominate-title = Nominate a post or a person
nominate-intro = Did you see a post that deserves an answer, or do you know someone we should ask? Everyone who works here can nominate, without an account. We email you a personal link.
nominate-email = Company email address
nominate-email-me = Email me a link
nominate-email-use = We use your address only to send you the link and the results of your nominations.
nominate-continue = Continue to your nominations
nominate-sent = We have emailed you a link. It is personal, so please don’t share it.

nominations-title = Your nominations
nominations-closed = Nominations from your email address are closed at the moment. Your earlier nominations are below.
nominations-none = No nominations yet
nominations-none-text = Nominate a post or a person above. We email you when there is a result.
nominations-sent = What you nominated
nominate-post = Nominate a post
nominate-post-link = Link to the post
nominate-post-link-hint = Copy it from your browser or the app’s share menu.
nominate-post-text = Text of the post
nominate-post-text-hint = If there is no link: what was said, word for word.
nominate-post-why = Why it matters (optional)
nominate-post-send = Nominate post
nominate-person = Nominate a person
nominate-person-who = Person
nominate-person-who-hint = A name, a handle, or the address of a profile.
nominate-person-place = Where they post
nominate-person-why = Why we should ask them
nominate-person-reach = How to reach them (optional)
nominate-person-reach-hint = Only contact details they would be happy for us to have.
nominate-person-send = Nominate person
nominate-program = Program
nominate-choose = Choose
nominate-place-forum = A forum
nominate-place-blog = A blog
nominate-place-news = News
nominate-place-elsewhere = Elsewhere: in a shop, at an event, by phone

nominated-new = new
nominated-accepted = accepted
nominated-answered = answered
nominated-closed = closed
nominated-declined = declined
nominated-new-text = We will review it and email you the result.
nominated-accepted-text = We are working on it.
nominated-answered-text = It has a public answer.
nominated-closed-text = It was closed without a public answer. Reason: { $reason }
nominated-declined-text = It was declined. Reason: { $reason }
nominated-read = Read the answer
nominated-today = today
nominated-on = on { $date }

nominate-done-again = You nominated this before. Its status is below.
nominate-done = { $others ->
    [0] Thank you. We will email you the result.
    [one] Thank you. One colleague has made the same nomination. We will email both of you the result.
   *[other] Thank you. { $others } colleagues have made the same nomination. We will email all of you the result.
    }
