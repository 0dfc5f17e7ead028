// Tests connect only to servers on this machine, whatever proxies the environment names.

#include <cstdlib>
#include <initializer_list>

namespace {

[[maybe_unused]] const bool without_proxies = [] {
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    unsetenv(name);
  }
  return true;
}();

}  // namespace
