#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "wrcor/data/source.h"

namespace wrcor {

/// Unpacks `members` of a gzipped tar archive below a folder and waits until they are on the disk.
/// Other regular files in the archive are passed over.
///
/// The archive is refused as a whole when it holds an absolute path, "..", a link or a device, a
/// member twice or of another size, or more than such an archive can need. What had been written
/// until then is left to the caller to remove.
///
/// @param folder      exists and is empty
/// @param stop_point  called now and then if given; what it throws ends the unpacking
/// @throws DataError naming the archive and what was found; RunError when a file cannot be written
void unpack(const std::filesystem::path& archive, const std::vector<ArchiveMember>& members,
            const std::filesystem::path& folder, const std::function<void()>& stop_point);

}  // namespace wrcor
