#include "benchmark_options.h"

#include <set>

#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"

namespace wrcor::cli {

void add_benchmark(CLI::App& command, BenchmarkOptions& target, bool required,
                   const std::string& metrics) {
  auto* file = command
                   .add_option("--benchmark", target.file,
                               "CSV file with a row an architecture and columns of accuracies")
                   ->type_name("FILE.csv");
  auto* metric = command.add_option("--metric", target.metrics, metrics)
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
                  "what names the architectures: arch strings, id (as 'wrcor describe' says),\n"
                  "index, the benchmark's own numbers, or naslib, NASLib's tuples of six digits;\n"
                  "with =COLUMN for a column of another name\n"
                  "(default arch; arch|id|index|naslib)")
      ->type_name("KEY[=COLUMN]");
  command
      .add_option("--missing", target.missing,
                  "what the table writes where a figure is missing, besides nothing: -1, nan, ...")
      ->delimiter(',')
      ->type_name("VALUE,...");
}

void require_distinct(const std::vector<std::string>& columns, const std::string& flag) {
  std::set<std::string> seen;
  for (const std::string& column : columns) {
    if (!seen.insert(column).second)
      throw UsageError(flag + ": " + in_quotes(column) + " is given twice");
  }
}

}  // namespace wrcor::cli
