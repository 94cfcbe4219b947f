# Thin on purpose: each line names a script in scripts/ that says what it does.

.PHONY: run dev check test build bench faults

run: ## Build the release, make the demo database, serve on http://127.0.0.1:3000 (PORT, DATABASE_URL, STAGE)
	@scripts/run

dev: ## Serve a development build; rebuild and reload the browser when a file changes
	@node scripts/dev.mjs

check: ## Format and compile errors, in seconds
	@scripts/check

test: ## Everything that must hold (SKIP="postgres browser" leaves out by name)
	@scripts/test

build: ## The release: target/release/weheard and target/site
	@scripts/build

bench: ## Speed, as a table against ceilings measured in the same run
	@scripts/bench

faults: ## Break things on purpose (kill, cut, fill, restart), and print what was lost; NAME=… for some of it
	@scripts/faults $(NAME)
