#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "score/score_table.h"

namespace wrcor {

/// The records of a file about its architectures, in its order.
struct ScoreRecords {
  std::string file;
  std::vector<ScoreTable::Record> records;
  /// The rule that ordered them, best first; empty for scores without an order.
  std::string rule = {};
};

/// Reads JSON lines or CSV of `wrcor score`, a result.json of `wrcor search`, or its folder. An
/// incomplete last line, as a crash leaves it, is dropped, with a warning.
/// @throws DataError for a file that cannot be read or holds something else
ScoreRecords read_score_records(const std::filesystem::path& path);

/// Adds the scores of a file to a table: JSON lines or CSV of `wrcor score`, a result.json of
/// `wrcor search`, or its folder. An incomplete last line, as a crash leaves it, is dropped, with a
/// warning; failed evaluations are omitted.
/// @throws DataError for a file that cannot be read or holds something else; as ScoreTable::add()
void read_scores(const std::filesystem::path& path, ScoreTable& table);

/// The same for the text of such a file. @param name  of the file, for messages
void read_scores(std::string_view text, const std::string& name, ScoreTable& table);

}  // namespace wrcor
