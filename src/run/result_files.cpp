#include "internal/result_files.h"

#include "core/csv.h"
#include "core/file.h"
#include "core/text_file.h"
#include "record/run_folder.h"
#include "report/ranking_report.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

bool holds(const JournalContent& journal, const std::string& arch) {
  return journal.evaluations.contains(arch) || journal.failures.contains(arch);
}

bool is_own_best(const std::filesystem::path& file, const JournalContent& journal) {
  std::string text = read_file(file);
  if (!text.ends_with('\n')) return false;
  text.pop_back();
  return holds(journal, text);
}

bool is_own_table(const std::filesystem::path& file, const JournalContent& journal,
                  const std::string& settings) {
  InputFile stream = open_to_read(file);
  try {
    LineReader lines(stream, file.string());
    std::string start;
    for (int line = 0; line < 2 && lines.next(); ++line) start += lines.line() + "\n";
    CsvReader csv(start, file.string());
    return csv.next() && holds(journal, csv.field(csv.column("arch"))) &&
           csv.field(csv.column("settings")) == settings;
  } catch (const Error&) {  // no such table
    return false;
  }
}

bool is_free(const std::filesystem::path& file) {
  return !file_exists(file) || holds_nothing(file);
}

}  // namespace

void write_result_files(const SearchResult& result, const RunSpec& spec,
                        const RunDirectory& directory) {
  const Ranked& best = result.ranking.front();
  if (ranking_value(best, result.rule)) write_file_atomic(directory.best(), best.arch + "\n");
  write_file_atomic(directory.ranking(),
                    [&](const TextSink& write) { write_ranking_file(result, write); });
  write_file_atomic(directory.result(),
                    [&](const TextSink& write) { write_text(result, spec, write); });
}

void require_own_ranking(const RunDirectory& directory, const JournalContent& journal,
                         const std::string& settings) {
  if (!is_free(directory.best()) && !is_own_best(directory.best(), journal))
    throw not_of_this("search", directory.best());
  if (!is_free(directory.ranking()) && !is_own_table(directory.ranking(), journal, settings))
    throw not_of_this("search", directory.ranking());
}

}  // namespace wrcor
