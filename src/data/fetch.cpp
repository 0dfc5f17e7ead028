#include "data/fetch.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/counted.h"
#include "core/file.h"
#include "core/file_lock.h"
#include "core/hash.h"
#include "data/archive.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;

std::uint64_t size_of(const fs::path& file) {
  std::error_code none;
  const std::uintmax_t bytes = fs::file_size(file, none);
  return none ? 0 : bytes;
}

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; }

std::string url_of(const DataSource& source, const FetchOptions& options) {
  std::string base = options.mirror.empty() ? source.base : options.mirror;
  while (base.ends_with('/')) base.pop_back();
  return base + "/" + source.archive;
}

FileLock wait_for_lock(const DataSource& source, const fs::path& cache,
                       const DownloadOptions& options) {
  bool told = false;
  return FileLock::wait(cache / ("." + source.archive + ".lock"), [&](const std::string& holder) {
    if (!told) spdlog::info("waiting for {}, which fetches {}", holder, source.title);
    told = true;
    if (options.stop_point) options.stop_point();
  });
}

/// The first member that is missing in the cache or has another size.
const ArchiveMember* first_unlike(const DataSource& source, const fs::path& cache) {
  for (const ArchiveMember& member : source.members) {
    if (size_of(cache / member.path) != member.bytes) return &member;
  }
  return nullptr;
}

/// An existing file or folder belongs to the user, who alone may remove it.
void require_free_place(const DataSource& source, const fs::path& cache,
                        const ArchiveMember& unlike) {
  const fs::path folder = cache / source.folder;
  std::error_code unknown;
  if (!fs::exists(folder, unknown) || fs::is_empty(folder, unknown)) return;
  throw DataError("'" + folder.string() + "' is not the whole " + source.title + ": '" +
                  (cache / unlike.path).string() + "' has " +
                  counted(size_of(cache / unlike.path), "byte") + ", expected " +
                  std::to_string(unlike.bytes) + "; remove the folder, then fetch again");
}

void require_space(const DataSource& source, const fs::path& cache) {
  std::uint64_t needed = source.bytes;
  for (const ArchiveMember& member : source.members) needed += member.bytes;
  needed -= std::min(needed, size_of(partial_download(source, cache)));
  std::error_code unknown;
  const fs::space_info space = fs::space(cache, unknown);
  if (unknown || space.available >= needed) return;
  throw RunError("'" + cache.string() + "' has " + megabytes(space.available) + " free, " +
                 source.title + " needs " + megabytes(needed) +
                 "; make room, or name another folder by the environment variable WRCOR_DATA");
}

/// Downloads the archive. If it is wrong, it is downloaded once more from the start: the resumed
/// part may have belonged to another file.
void download_checked(const DataSource& source, const std::string& url, const fs::path& file,
                      const DownloadOptions& options) {
  for (const bool last : {false, true}) {
    download(url, file, source.bytes, options);
    const std::string found = sha256_of_file(file);
    if (found == source.sha256) return;
    std::error_code ignored;  // a remaining file fails the check again
    fs::remove(file, ignored);
    if (last) {
      throw DataError(url + ": found a file with the SHA-256 checksum " + found + ", expected " +
                      source.sha256);
    }
    spdlog::warn("{}: the checksum is wrong; downloading it once more", url);
  }
}

/// A temporary folder next to the one that it will become. It is removed with the object, with its
/// content.
class StagingFolder {
 public:
  explicit StagingFolder(const fs::path& becomes) : path_(partial_path(becomes)) {
    remove_partial_files(becomes);  // left behind by a killed process
    make_folder(path_);
  }
  ~StagingFolder() {
    std::error_code ignored;  // a remaining folder is never mistaken for data
    fs::remove_all(path_, ignored);
  }
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void install(const DataSource& source, const fs::path& archive, const fs::path& cache,
             const std::function<void()>& stop_point) {
  const StagingFolder staging(cache / ("." + source.folder));
  unpack(archive, source.members, staging.path(), stop_point);
  const fs::path folder = cache / source.folder;
  std::error_code failure;
  fs::rename(staging.path() / source.folder, folder, failure);
  if (failure) throw RunError("cannot create '" + folder.string() + "': " + failure.message());
  flush_folder(cache);
}

}  // namespace

fs::path partial_download(const DataSource& source, const fs::path& cache) {
  return cache / (source.archive + ".part");
}

fs::path fetch(const DataSource& source, const fs::path& cache, const FetchOptions& options) {
  if (cache.empty()) {
    throw DataError("no cache folder to fetch " + source.title +
                    " into; name one by the environment variable WRCOR_DATA");
  }
  const fs::path folder = cache / source.folder;
  if (first_unlike(source, cache) == nullptr) return folder;
  const CreatedFolders made(make_folder(cache));
  const FileLock lock = wait_for_lock(source, cache, options.download);
  const ArchiveMember* unlike = first_unlike(source, cache);
  if (unlike == nullptr) return folder;  // another process has fetched it
  require_free_place(source, cache, *unlike);
  require_space(source, cache);
  const std::string url = url_of(source, options);
  const fs::path archive = partial_download(source, cache);
  spdlog::info("downloading {} ({}) from {} to '{}'", source.title, megabytes(source.bytes), url,
               cache.string());
  try {
    download_checked(source, url, archive, options.download);
  } catch (const DataError& problem) {
    std::error_code ignored;
    if (size_of(archive) == 0) fs::remove(archive, ignored);
    throw DataError("cannot download " + source.title + ": " + problem.what() +
                    "; check the network, name another server with --mirror or a folder that has "
                    "the data with --data-root, or use --data synthetic");
  }
  install(source, archive, cache, options.download.stop_point);
  std::error_code ignored;
  fs::remove(archive, ignored);
  spdlog::info("{} is in '{}'", source.title, folder.string());
  return folder;
}

}  // namespace wrcor
