#include "benchmark_options.h"

#include <set>

#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"

namespace wrcor::cli {

void add_benchmark(CLI::App& command, BenchmarkOptions& target, bool required) {
  auto* file = command
                   .add_option("--benchmark", target.file,
                               "CSV file with a row an architecture and columns of accuracies")
                   ->type_name("FILE.csv");
  auto* metric = command
                     .add_option("--metric", target.metrics,
                                 "columns to compare with; in all of them higher is better")
                     ->delimiter(',')
                     ->type_name("COLUMN,...");
  if (required) {
    file->required();
    metric->required();
  } else {
    file->needs(metric);
    metric->needs(file);
  }
  command
      .add_option("--key", target.key,
                  "what names the architectures: arch strings, id (as 'wrcor describe' says), or\n"
                  "index, the benchmark's own numbers; with =COLUMN for a column of another name\n"
                  "(default arch; arch|id|index)")
      ->type_name("KEY[=COLUMN]");
}

void require_distinct(const std::vector<std::string>& columns, const std::string& flag) {
  std::set<std::string> seen;
  for (const std::string& column : columns) {
    if (!seen.insert(column).second)
      throw UsageError(flag + ": " + in_quotes(column) + " is given twice");
  }
}

}  // namespace wrcor::cli
