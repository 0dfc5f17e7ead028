#include "wrcor/run/journal.h"

#include <functional>
#include <optional>

#include "wrcor/core/error.h"
#include "wrcor/core/hash.h"
#include "wrcor/core/json.h"

namespace wrcor {
namespace {

constexpr std::string_view check_key = R"({"check":")";
constexpr std::size_t check_digits = 16;

std::string checksum(std::string_view body) { return sha256_hex(body).substr(0, check_digits); }

/// {"check":"<16 hexadecimal digits>",<members of the entry>}: the checksum is over the entry
/// without it.
std::string sealed(const nlohmann::ordered_json& entry) {
  const std::string body = entry.dump();
  return std::string(check_key) + checksum(body) + "\"," + body.substr(1);
}

/// The entry of a line, or nothing when the line is not what was written.
std::optional<nlohmann::ordered_json> unsealed(std::string_view line) {
  constexpr std::string_view separator = "\",";
  const std::size_t prefix = check_key.size() + check_digits + separator.size();
  if (!line.starts_with(check_key) || line.size() < prefix ||
      line.substr(prefix - separator.size(), separator.size()) != separator) {
    return std::nullopt;
  }
  const std::string body = "{" + std::string(line.substr(prefix));
  if (line.substr(check_key.size(), check_digits) != checksum(body)) return std::nullopt;
  try {
    return std::make_optional(parse_json(body));
  } catch (const JsonError&) {
    return std::nullopt;
  }
}

nlohmann::ordered_json entry_of(const std::string& arch, const Evaluation& evaluation,
                                double elapsed) {
  nlohmann::ordered_json entry{{"arch", arch}};
  entry.update(to_json(evaluation));
  entry["elapsed"] = elapsed;
  return entry;
}

/// Two lines differ on one architecture.
struct Contradiction {
  std::string arch;
};

/// Adds an entry to the content. @throws Contradiction
void take_in(const nlohmann::ordered_json& entry, JournalContent& content) {
  content.elapsed = entry.at("elapsed").get<double>();
  const Evaluation evaluation = evaluation_from_json(entry);
  const auto arch = entry.at("arch").get<std::string>();
  if (entry.contains("refined")) {
    const auto [known, added] = content.refined.emplace(arch, evaluation);
    if (!added && to_json(known->second) != to_json(evaluation)) throw Contradiction{arch};
    return;
  }
  // What failed may succeed on a machine that is less busy.
  if (evaluation.status == Status::failed) {
    if (!content.evaluations.contains(arch)) content.failures.insert_or_assign(arch, evaluation);
    return;
  }
  content.failures.erase(arch);
  const auto [known, added] = content.evaluations.emplace(arch, evaluation);
  if (!added && to_json(known->second) != to_json(evaluation)) throw Contradiction{arch};
}

/// Hands on the entries of a journal, the header first, with the numbers of their lines, from 1.
/// @param take  throws Contradiction, or a std::exception for what is no entry
void read_entries(
    const std::filesystem::path& path, const std::vector<std::string>& lines,
    const std::function<void(std::size_t number, const nlohmann::ordered_json&)>& take) {
  std::size_t start = 0;  // byte in the file
  for (std::size_t number = 1; number <= lines.size(); ++number) {
    const std::string& line = lines[number - 1];
    const auto damaged = [&](const std::string& what) {
      return DataError(path.string() + ":" + std::to_string(number) + ": expected " + what +
                       " at byte " + std::to_string(start) +
                       "; restore the file from a copy, or start again in another folder");
    };
    const std::optional<nlohmann::ordered_json> entry = unsealed(line);
    if (!entry) throw damaged("a journal line, found damage");
    try {
      take(number, *entry);
    } catch (const Contradiction& other) {
      throw damaged("one evaluation of " + other.arch + ", found another that differs");
    } catch (const std::exception&) {
      throw damaged("a journal line, found damage");
    }
    start += line.size() + 1;
  }
}

}  // namespace

std::vector<std::pair<std::string, double>> read_finish_times(const std::filesystem::path& path) {
  std::vector<std::pair<std::string, double>> times;
  read_entries(path, AppendOnlyFile::lines_of(path).complete,
               [&times](std::size_t number, const nlohmann::ordered_json& entry) {
                 if (number == 1 || entry.contains("refined")) return;
                 times.emplace_back(entry.at("arch").get<std::string>(),
                                    entry.at("elapsed").get<double>());
               });
  return times;
}

Journal::Journal(const std::filesystem::path& path)
    : file_(std::make_unique<AppendOnlyFile>(path)), mutex_(std::make_unique<std::mutex>()) {}

Journal Journal::create(const std::filesystem::path& path) {
  Journal journal(path);
  if (!journal.file_->empty())
    throw UsageError("'" + path.string() + "' exists; choose another --out");
  return journal;
}

void Journal::write_header(const nlohmann::ordered_json& header) {
  file_->append_line(sealed(header));
}

Journal Journal::resume(const std::filesystem::path& path, JournalContent& content) {
  Journal journal(path);
  const AppendOnlyFile::Lines lines = journal.file_->lines();
  read_entries(path, lines.complete,
               [&content](std::size_t number, const nlohmann::ordered_json& entry) {
                 if (number == 1) {
                   content.header = entry;
                 } else {
                   take_in(entry, content);
                 }
               });
  journal.file_->drop_incomplete(lines);
  return journal;
}

void Journal::append(const std::string& arch, const Evaluation& evaluation, double elapsed) {
  append_entry(entry_of(arch, evaluation, elapsed));
}

void Journal::append_refined(const std::string& arch, const Evaluation& evaluation,
                             double elapsed) {
  nlohmann::ordered_json entry = entry_of(arch, evaluation, elapsed);
  entry["refined"] = true;
  append_entry(entry);
}

void Journal::append_entry(const nlohmann::ordered_json& entry) {
  const std::string line = sealed(entry);
  const std::lock_guard lock(*mutex_);
  file_->append_line(line);
}

void Journal::require_intact() const {
  const std::lock_guard lock(*mutex_);
  file_->require_intact();
}

}  // namespace wrcor
