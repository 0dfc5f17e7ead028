#include "record/journal.h"

#include <functional>
#include <optional>
#include <stdexcept>

#include "core/schema_version.h"
#include "record/run_identity.h"
#include "record/trial_journal.h"
#include "score/evaluation_schema.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

nlohmann::ordered_json entry_of(const std::string& arch, const Evaluation& evaluation,
                                double elapsed) {
  nlohmann::ordered_json entry{{"arch", arch}};
  entry.update(to_json(evaluation));
  entry["elapsed"] = elapsed;
  return entry;
}

/// Two lines contradict each other on one architecture.
struct Contradiction {
  std::string arch;
};

/// Adds an entry to the content. @throws Contradiction
void add_entry(const nlohmann::ordered_json& entry, JournalContent& content) {
  content.elapsed = entry.at("elapsed").get<double>();
  const Evaluation evaluation = evaluation_from_json(entry);
  const auto arch = entry.at("arch").get<std::string>();
  if (entry.contains("refined")) {
    const auto [known, added] = content.refined.emplace(arch, evaluation);
    if (!added && to_json(known->second) != to_json(evaluation)) throw Contradiction{arch};
    return;
  }
  // A failed evaluation may succeed on a less busy machine.
  if (evaluation.status == Status::failed) {
    if (!content.evaluations.contains(arch)) content.failures.insert_or_assign(arch, evaluation);
    return;
  }
  content.failures.erase(arch);
  const auto [known, added] = content.evaluations.emplace(arch, evaluation);
  if (!added && to_json(known->second) != to_json(evaluation)) throw Contradiction{arch};
}

/// Whether the check of each line covers those before it.
bool is_chained(const nlohmann::ordered_json& header) {
  constexpr int first_chained_version = 4;
  return header.value("schema_version", 1) >= first_chained_version;
}

/// The proxies that every line has scores of; nothing if the header, of version 1, does not list
/// them.
std::optional<std::vector<std::string>> proxies_of(const nlohmann::ordered_json& header) {
  if (header.value("schema_version", 1) == 1) return std::nullopt;
  const auto config = header.find("config");
  if (config == header.end()) return std::nullopt;
  return config->at("score").at("proxies").get<std::vector<std::string>>();
}

std::vector<std::string> names_of(const nlohmann::ordered_json& scores) {
  std::vector<std::string> names;
  for (const auto& score : scores.items()) names.push_back(score.key());
  return names;
}

/// @throws UsageError for the header of a journal of trials
void refuse_trials(const nlohmann::ordered_json& header, const std::filesystem::path& path) {
  if (!is_trial_header(header)) return;
  throw UsageError("'" + path.string() +
                   "' is of trials, whose fitness another program reports; continue them with "
                   "wrcor ask and wrcor tell");
}

/// Passes on the entries of a journal, the header first, with their line numbers, from 1.
/// @param seals  of the file; ready for its next line at the end
/// @param take   throws Contradiction, or a std::exception for an invalid entry
void read_entries(
    const std::filesystem::path& path, const std::vector<std::string>& lines, SealedLines& seals,
    const std::function<void(std::size_t number, const nlohmann::ordered_json&)>& take) {
  std::size_t start = 0;  // byte in the file
  std::optional<std::vector<std::string>> proxies;
  for (std::size_t number = 1; number <= lines.size(); ++number) {
    const std::string& line = lines[number - 1];
    const auto damaged = [&](const std::string& what) {
      return damaged_journal(path, number, start, what);
    };
    const std::optional<nlohmann::ordered_json> entry = seals.open(line);
    if (!entry) throw damaged("a journal line, found damage");
    if (number == 1) refuse_trials(*entry, path);
    try {
      if (number == 1) {
        if (!is_chained(*entry)) seals.unchain();
        proxies = proxies_of(*entry);
      } else if (proxies && names_of(entry->at("scores")) != *proxies) {
        throw damaged("scores of " + join(*proxies) + ", found those of " +
                      join(names_of(entry->at("scores"))));
      }
      take(number, *entry);
    } catch (const Contradiction& other) {
      throw damaged("one evaluation of " + other.arch + ", found another that differs");
    } catch (const DataError&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {
      throw damaged("a journal line, found damage");
    }
    start += line.size() + 1;
  }
}

}  // namespace

DataError damaged_journal(const std::filesystem::path& path, std::size_t number, std::size_t start,
                          const std::string& expected) {
  return DataError(path.string() + ":" + std::to_string(number) + ": expected " + expected +
                   " at byte " + std::to_string(start) +
                   " (it was edited, or is of another run); restore the file from a copy, or "
                   "start again in another folder");
}

FinishTimes read_finish_times(const std::filesystem::path& path) {
  FinishTimes times;
  SealedLines seals;
  read_entries(path, AppendOnlyFile::lines_of(path).complete, seals,
               [&times](std::size_t number, const nlohmann::ordered_json& entry) {
                 if (number == 1) {
                   times.header = entry;
                 } else if (!entry.contains("refined")) {
                   times.evaluations.emplace_back(entry.at("arch").get<std::string>(),
                                                  entry.at("elapsed").get<double>());
                 }
               });
  return times;
}

WholeJournal read_journal(const std::filesystem::path& path) {
  WholeJournal journal;
  SealedLines seals;
  read_entries(path, AppendOnlyFile::lines_of(path).complete, seals,
               [&journal](std::size_t number, const nlohmann::ordered_json& entry) {
                 if (number == 1) {
                   journal.content.header = entry;
                 } else {
                   add_entry(entry, journal.content);
                   journal.entries.push_back(entry);
                 }
               });
  return journal;
}

void write_journal(const std::filesystem::path& path, const nlohmann::ordered_json& header,
                   const std::vector<nlohmann::ordered_json>& entries) {
  SealedLines lines;
  write_file_atomic(path, [&](const TextSink& write) {
    write(lines.seal(header) + "\n");
    if (!is_chained(header)) lines.unchain();
    for (const nlohmann::ordered_json& entry : entries) write(lines.seal(entry) + "\n");
  });
}

Journal::Journal(const std::filesystem::path& path)
    : file_(std::make_unique<AppendOnlyFile>(path)), mutex_(std::make_unique<std::mutex>()) {}

bool Journal::is_begun(const std::filesystem::path& path) {
  if (!file_exists(path)) return false;
  constexpr std::streamsize enough = 32;
  std::string start(enough, '\0');
  InputFile file = open_to_read(path);
  file.read(start.data(), enough);
  start.resize(static_cast<std::size_t>(file.gcount()));
  return !start.empty() && SealedLines::may_begin(start);
}

Journal Journal::create(const std::filesystem::path& path) {
  Journal journal(path);
  const AppendOnlyFile::Lines lines = journal.file_->lines();
  if (!lines.complete.empty() || !SealedLines::may_begin(lines.incomplete))
    throw UsageError("'" + path.string() + "' exists; choose another --out");
  journal.file_->drop_incomplete(lines);
  return journal;
}

void Journal::write_header(const nlohmann::ordered_json& header) {
  file_->append_line(lines_.seal(header));
  if (!is_chained(header)) lines_.unchain();
}

Journal Journal::resume(const std::filesystem::path& path, JournalContent& content) {
  Journal journal(path);
  const AppendOnlyFile::Lines lines = journal.file_->lines();
  read_entries(path, lines.complete, journal.lines_,
               [&content](std::size_t number, const nlohmann::ordered_json& entry) {
                 if (number == 1) {
                   content.header = entry;
                 } else {
                   add_entry(entry, content);
                 }
               });
  journal.file_->drop_incomplete(lines);
  return journal;
}

void Journal::append(const std::string& arch, const Evaluation& evaluation, double elapsed) {
  append_entries({entry_of(arch, evaluation, elapsed)});
}

void Journal::append_all(const std::vector<std::string>& archs,
                         const std::vector<Evaluation>& evaluations, double elapsed) {
  std::vector<nlohmann::ordered_json> entries;
  for (std::size_t k = 0; k < archs.size(); ++k)
    entries.push_back(entry_of(archs[k], evaluations[k], elapsed));
  append_entries(entries);
}

void Journal::append_refined(const std::string& arch, const Evaluation& evaluation,
                             double elapsed) {
  nlohmann::ordered_json entry = entry_of(arch, evaluation, elapsed);
  entry["refined"] = true;
  append_entries({entry});
}

/// With one flush.
void Journal::append_entries(const std::vector<nlohmann::ordered_json>& entries) {
  const std::lock_guard lock(*mutex_);
  std::string lines;
  for (const nlohmann::ordered_json& entry : entries)
    lines += (lines.empty() ? "" : "\n") + lines_.seal(entry);
  file_->append_line(lines);
}

void Journal::require_intact() const {
  const std::lock_guard lock(*mutex_);
  file_->require_intact();
}

nlohmann::ordered_json journal_schema() {
  using namespace json_schema_parts;
  const Schema entry = evaluation_object(
      joined(joined({{"check", hexadecimal(16)}, {"arch", text()}}, evaluation_members()),
             {{"elapsed", number()}, {"refined", constant(true), /*required=*/false}}));
  const auto choice = [](const char* member, const Schema& with, const Schema& without) {
    return Schema{
        {"if", {{"required", Schema::array({member})}}}, {"then", with}, {"else", without}};
  };
  const Schema header = choice("batch", journal_header_schema(), trial_header_schema());
  const Schema told = choice("told", told_entry_schema(), entry);
  return document("journal", schema_version::journal,
                  "Line of the journal of a search, or of trials: the first is the header, the "
                  "others are entries",
                  choice("config", header, choice("asked", asked_entry_schema(), told)));
}

}  // namespace wrcor
