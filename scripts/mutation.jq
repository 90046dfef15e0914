# From Stryker's report to docs/mutation.md. Arguments: $explained, the mutants that may live and why; $date; $tool, its name and version.

def original($source; $at):
  ($source | split("\n")) as $lines
  | if $at.start.line == $at.end.line then $lines[$at.start.line - 1][$at.start.column - 1:$at.end.column - 1]
    else [$lines[$at.start.line - 1][$at.start.column - 1:]] + $lines[$at.start.line:$at.end.line - 1] + [$lines[$at.end.line - 1][:$at.end.column - 1]] | join(" ")
    end;
def short: gsub("\\s+"; " ") | if length > 110 then .[:107] + "..." else . end;
def code: short | gsub("\\|"; "\\|") | "`` \(.) ``";

([.files[].mutants[] | select(.status == "Ignored")] | length) as $ignored
| ([.files[].mutants[] | select(.status == "CompileError")] | length) as $uncompiled
| [.files | to_entries[] | (.key | sub("^.*?(?=src/Vigie\\.)"; "")) as $file | .value.source as $source | .value.mutants[]
  | select(.status != "Ignored" and .status != "CompileError")
  | . as $mutant
  | { file: $file, line: .location.start.line, kind: .mutatorName,
      fate: (if .status == "Killed" then "killed" elif .status == "Timeout" then "endless" else "lives" end),
      note: (if .status == "NoCoverage" then "no test runs it" elif .status == "RuntimeError" then "the run broke: no verdict" else "" end),
      original: (original($source; .location) | short), replacement: (.replacement | short) }
  | . as $found
  | .reason = ([$explained[] | select(.file == $found.file and .original == $found.original and .replacement == $found.replacement) | .reason] | first)]
| sort_by(.file, .line) as $all
| ([$all[] | select(.fate != "lives")] | length) as $killed
| [$all[] | select(.fate == "lives" and .reason != null)] as $reasoned
| [$all[] | select(.fate == "lives" and .reason == null)] as $open
| ([$explained[] | . as $entry | select(any($reasoned[]; .file == $entry.file and .original == $entry.original and .replacement == $entry.replacement) | not)]) as $stale
| { killed: $killed, explained: ($reasoned | length), open: [$open[] | "\(.file):\(.line): \(.original) -> \(.replacement)\(if .note == "" then "" else " (\(.note))" end)"],
    stale: [$stale[] | "\(.file): \(.original) -> \(.replacement)"],
    page: ([
      "# Mutation tests", "",
      "Written by `./test.sh mutation`; not by hand. What is done and why: [decision 0005](decisions/0005-mutation-testing.md).", "",
      "Run on \($date) with \($tool): \($all | length) mutants, \([$all[] | select(.fate == "killed")] | length) killed by a failing test, \([$all[] | select(.fate == "endless")] | length) noticed because a test never ended (timeout), \(($reasoned + $open) | length) survived, \($reasoned | length) of them explained below.",
      "Of what the tool proposed besides, \($uncompiled) did not compile and \($ignored) are left out by its settings or cover what another mutant covers.", "",
      "| File | Mutants | Killed | Endless | Live, explained | Live |", "|---|---:|---:|---:|---:|---:|",
      ($all | group_by(.file)[] | "| `\(.[0].file)` | \(length) | \([.[] | select(.fate == "killed")] | length) | \([.[] | select(.fate == "endless")] | length) | \([.[] | select(.fate == "lives" and .reason != null)] | length) | \([.[] | select(.fate == "lives" and .reason == null)] | length) |"),
      "| all | \($all | length) | \([$all[] | select(.fate == "killed")] | length) | \([$all[] | select(.fate == "endless")] | length) | \($reasoned | length) | \($open | length) |", "",
      "Noticed, by a failing test or by never ending: \(if ($all | length) == 0 then 0 else ($killed * 1000 / ($all | length) | floor) / 10 end) %.", "",
      (if ($reasoned | length) > 0 then "## Live, explained", "", "| Where | Original | Mutant | Why it may live |", "|---|---|---|---|",
        ($reasoned[] | "| \(.file | sub("src/Vigie.Core/"; "")):\(.line) | \(.original | code) | \(.replacement | code) | \(.reason) |"), "" else empty end),
      (if ($open | length) > 0 then "## Live", "", "| Where | Original | Mutant | |", "|---|---|---|---|",
        ($open[] | "| \(.file | sub("src/Vigie.Core/"; "")):\(.line) | \(.original | code) | \(.replacement | code) | \(.note) |"), "" else empty end)
    ] | join("\n")) }
