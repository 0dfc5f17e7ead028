#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema_version.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// The key of a record of a score file: the architecture, the proxies, the settings, and the
/// status.
struct ScoreRecordKey {
  std::string arch;
  std::string settings;
  std::vector<std::string> proxies;
  bool failed = false;
};

/// A form of scores as text, one architecture after the other.
class ScoreWriter {
 public:
  virtual ~ScoreWriter() = default;
  /// The text before the first record, line feed included.
  virtual std::string begin() const { return {}; }
  /// One architecture, line feed included.
  virtual std::string record(const std::string& arch, const Evaluation& evaluation) = 0;
  virtual std::string end() const { return {}; }
};

/// A form with one record per line, in which a file can be continued.
class ScoreLines : public ScoreWriter {
 public:
  /// The beginning of every file of this form.
  virtual std::string opening() const = 0;
  /// Reads back a line that record() made; nothing when it is not such a line.
  /// @param place  of the line, such as "scores.jsonl:12", for messages
  /// @throws DataError when a newer program made it, or when it was changed
  virtual std::optional<ScoreRecordKey> read(std::string_view line,
                                             const std::string& place) const = 0;
};

/// JSON lines: {"arch", the members of to_json(Evaluation), then "settings", "schema_version" and
/// "check" if there are settings}.
class JsonLineScores final : public ScoreLines {
 public:
  /// @param settings  identity of the settings, written into every record; empty: omitted
  explicit JsonLineScores(std::string settings) : settings_(std::move(settings)) {}
  std::string opening() const override { return R"({"arch":)"; }
  std::string record(const std::string& arch, const Evaluation& evaluation) override;
  std::optional<ScoreRecordKey> read(std::string_view line,
                                     const std::string& place) const override;

 private:
  std::string settings_;
};

/// JSON Schema of such a line.
nlohmann::ordered_json score_schema();

/// CSV with the columns arch, status, reason, one a proxy (empty when undefined), params, flops,
/// and settings and check (if there are settings).
class CsvScores final : public ScoreLines {
 public:
  /// @param settings  as of JsonLineScores
  CsvScores(std::vector<std::string> proxies, std::string settings)
      : proxies_(std::move(proxies)), settings_(std::move(settings)) {}
  std::string begin() const override;
  std::string opening() const override { return begin(); }
  std::string record(const std::string& arch, const Evaluation& evaluation) override;
  std::optional<ScoreRecordKey> read(std::string_view line,
                                     const std::string& place) const override;

 private:
  std::vector<std::string> proxies_;
  std::string settings_;
};

/// A human-readable table, printed at the end because the widths of its columns depend on all rows.
class TableScores final : public ScoreWriter {
 public:
  explicit TableScores(std::vector<std::string> proxies) : proxies_(std::move(proxies)) {}
  std::string record(const std::string& arch, const Evaluation& evaluation) override;
  std::string end() const override;

 private:
  std::vector<std::string> proxies_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace wrcor
