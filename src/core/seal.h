#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace wrcor {

/// The checks of records in their order. Each covers its record and, by the previous check, all
/// earlier ones: the check of a record that was edited, moved, omitted or copied from another file
/// does not match.
class SealChain {
 public:
  static constexpr std::size_t digits = 16;

  /// @param origin  what the first record belongs to; empty if the first record itself identifies
  ///         it
  explicit SealChain(std::string origin = {}) : last_(std::move(origin)) {}

  /// The check of the next record: 16 hexadecimal digits.
  const std::string& next(std::string_view record);

 private:
  std::string last_;
};

/// JSON objects as the lines of a file, each with its check as the first member.
class SealedLines {
 public:
  /// @param origin  as of SealChain
  explicit SealedLines(std::string origin = {}) : chain_(std::move(origin)) {}

  /// From now on the check of a line covers only that line, as in older versions.
  void unchain() { chained_ = false; }

  /// The next line of the file, without a line feed.
  std::string seal(const nlohmann::ordered_json& entry);

  /// The content of the next line of the file; nothing if its check does not match.
  std::optional<nlohmann::ordered_json> open(std::string_view line);

  /// Whether a text without a line feed may be the beginning of such a line, possibly overwritten
  /// by zeros.
  static bool may_begin(std::string_view text);

 private:
  std::string check(std::string_view body);

  SealChain chain_;
  bool chained_ = true;
};

/// The object with its check, which covers all other members, as the last member.
nlohmann::ordered_json sealed(nlohmann::ordered_json record);

/// Whether an object is unchanged since sealed() made it.
bool is_sealed(nlohmann::ordered_json record);

/// The check of a document with a list of rows, independent of the layout of the text.
class DocumentSeal {
 public:
  /// @param frame  the document with an empty list instead of the rows
  explicit DocumentSeal(const nlohmann::ordered_json& frame) : check_(chain_.next(frame.dump())) {}
  void add(const nlohmann::ordered_json& row) { check_ = chain_.next(row.dump()); }
  const std::string& check() const { return check_; }

 private:
  SealChain chain_;
  std::string check_;
};

/// Checks that `timing.check` of the result of a search, whose rows are `ranking`, matches
/// everything else. Older versions have no check.
/// @param place  of the document, for messages
/// @throws DataError
void require_sealed_result(nlohmann::ordered_json& document, const std::string& place);

}  // namespace wrcor
