### Why something failed, as staff read it: in errors, and with imports, jobs and emails, where the code and its arguments are stored.
### Codes and names of arguments stay as they are.

failure-sign-in = Sign in to continue.
failure-forbidden = Your role does not allow this. Ask an administrator to change it.
failure-not-found = This does not exist, or you do not have access. Check the address for missing characters.
failure-too-many = You have made too many requests. Wait a minute, then try again.
failure-busy = This is being changed by someone else right now. Try again in a moment.
failure-server-busy = The server is very busy. Try again in a moment.
failure-database = The database is not responding. Everything you saved is safe. Try again in a moment.
failure-internal = This is a problem on our side. Everything you saved is safe. Try again, or contact an administrator if it happens again.
failure-disk-full = This was not saved because the disk is full. Everything saved before is safe. Free some disk space, then try again.
failure-disk-unwritable = This was not saved because the server cannot write to its disk. Everything saved before is safe. Ask an administrator to check the disk.

# For administrators only (`Failure::is_internal`).
failure-detail = Internal error: { $detail }
failure-panicked = Internal error: The job crashed: { $detail }
failure-worker-stopped = Internal error: The worker stopped unexpectedly { $times } times.
failure-time-limit = Internal error: Stopped after { $minutes } minutes, the limit for this job.

# Files.
failure-file-unreadable = The file “{ $file }” cannot be read: { $detail }.
failure-file-broken = This file cannot be unpacked: { $detail }. Download it again, or save it as CSV.
failure-zip-damaged = This ZIP or workbook is damaged. Download it again.

# Email. $reply is what the mail server said.
failure-mail-later = The mail server has not accepted it yet. It said: { $reply }
failure-mail-full = The mailbox is full. It said: { $reply }
failure-mail-bounced = This address does not accept email. It said: { $reply }
failure-mail-refused = The recipient’s mail server blocks our email. The address may be right. It said: { $reply }
failure-mail-unfit = The recipient’s mail server rejected this email because of its content or size. It said: { $reply }
failure-mail-smtputf8 = “{ $address }” has letters before the @ that our mail server cannot send to: it does not support SMTPUTF8. Use another address.
failure-mail-8bit = Our mail server cannot send this email’s letters: it does not support 8BITMIME.
failure-mail-not-asked = The mail server did not ask for the message. It said: { $reply }
failure-mail-no-answer = The mail server did not answer within { $seconds } seconds.
failure-mail-no-greeting = The mail server did not greet us within { $seconds } seconds.
failure-mail-unreached = The mail server was not reached: { $detail }.
failure-mail-not-built = The email could not be put together: { $detail }.
failure-mail-misunderstood = The mail server’s answer is not understood: { $reply }.
failure-mail-cut-off = The connection ended before the mail server answered: { $detail }.
failure-mail-silent = The mail server took the message and did not answer within { $seconds } seconds.
failure-mail-unrecorded = The program ended before the mail server’s answer was recorded.
failure-mail-no-address = “{ $address }” is not an email address.
failure-mail-no-domain = “{ $address }” is not an email address: its domain is not valid.
failure-mail-wrong-address = “{ $address }” is not an email address: { $detail }.
