#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "record/run_directory.h"
#include "wrcor/score/ranking_rule.h"
#include "wrcor/space/builtin.h"

namespace wrcor {

/// The result.json of a search, of this version of the program or an older one. Its parts are
/// looked up on request, which throws nlohmann::json::exception for a part that is missing.
class ResultDocument {
 public:
  /// @param file  for messages
  /// @throws nlohmann::json::exception without a list `ranking`
  ResultDocument(nlohmann::ordered_json document, std::string file);

  /// @throws UsageError when the file does not exist or cannot be opened; DataError when it is not
  /// JSON, or of a newer version
  static ResultDocument read(const RunDirectory& run);

  const std::string& file() const { return file_; }
  const nlohmann::ordered_json& json() const { return document_; }
  const nlohmann::ordered_json& rows() const { return document_.at("ranking"); }
  const nlohmann::ordered_json& config() const { return document_.at("config"); }
  const nlohmann::ordered_json& batch_sha256() const { return document_.at("batch").at("sha256"); }
  /// Without its options. @throws DataError for an invalid definition
  SpaceChoice space() const;
  /// Identity of the scores; empty where the document, of version 1, has none.
  std::string settings() const;
  /// What orders the rows; where the document has no name for it (version 1), by its configuration.
  /// @throws UsageError, DataError
  RankingRule rule() const;

  /// @throws DataError when a newer program wrote it
  void require_known_version() const;
  /// @throws DataError when it is not as it was written. Versions without a check are not checked.
  void require_sealed();

  /// The document without its rows.
  nlohmann::ordered_json take_frame() &&;

 private:
  nlohmann::ordered_json document_;
  std::string file_;
};

}  // namespace wrcor
