#include "record/result_files.h"

#include "core/csv.h"
#include "core/file.h"
#include "core/text_file.h"
#include "record/ranking_rows.h"
#include "record/run_folder.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

/// One line with an architecture of the space.
bool is_best(const std::filesystem::path& file, const SearchSpace& space) {
  const std::string text = read_file(file);
  try {
    return space.format(space.parse(text.substr(0, text.find('\n')))) + "\n" == text;
  } catch (const UsageError&) {
    return false;
  }
}

/// A table whose first row has these settings.
bool is_table(const std::filesystem::path& file, const std::string& settings) {
  InputFile stream = open_to_read(file);
  try {
    LineReader lines(stream, file.string());
    std::string start;
    for (int line = 0; line < 2 && lines.next(); ++line) start += lines.line() + "\n";
    CsvReader csv(start, file.string());
    return csv.next() && csv.field(csv.column("settings")) == settings;
  } catch (const Error&) {
    return false;
  }
}

bool is_free(const std::filesystem::path& file) {
  return !file_exists(file) || holds_nothing(file);
}

}  // namespace

void write_ranking_files(const SearchResult& result, const RunDirectory& directory) {
  const Ranked& best = result.ranking.front();
  if (ranking_value(best, result.rule)) write_file_atomic(directory.best(), best.arch + "\n");
  write_file_atomic(directory.ranking(),
                    [&](const TextSink& write) { write_ranking_file(result, write); });
}

void write_result_files(const SearchResult& result, const RunSpec& spec,
                        const RunDirectory& directory) {
  write_ranking_files(result, directory);
  write_file_atomic(directory.result(),
                    [&](const TextSink& write) { write_text(result, spec, write); });
}

void require_own_ranking(const RunDirectory& directory, const RunSpec& spec,
                         const std::string& settings) {
  if (!is_free(directory.best()) && !is_best(directory.best(), *spec.space))
    throw not_of_this("search", directory.best());
  if (!is_free(directory.ranking()) && !is_table(directory.ranking(), settings))
    throw not_of_this("search", directory.ranking());
}

}  // namespace wrcor
