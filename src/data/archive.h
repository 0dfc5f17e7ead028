#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "wrcor/data/dataset.h"

namespace wrcor {

/// Unpacks `members` of a gzipped tar archive below a folder and waits until they are on the disk.
/// Other regular files in the archive are skipped.
///
/// The archive is refused as a whole when it holds an absolute path, "..", a link or a device, a
/// member twice or of another size, or more data than such an archive needs. The caller must remove
/// what was written before the refusal.
///
/// @param folder      exists and is empty
/// @param stop_point  called regularly if given; may throw to end the unpacking
/// @throws DataError naming the archive and what was found; RunError when a file cannot be written
void unpack(const std::filesystem::path& archive, const std::vector<ArchiveMember>& members,
            const std::filesystem::path& folder, const std::function<void()>& stop_point);

}  // namespace wrcor
