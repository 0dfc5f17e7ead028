#include "config/shown_setting.h"

#include "wrcor/config/settings.h"

namespace wrcor {

std::string shown_setting(const std::string& key) {
  const Setting* setting = find_setting(key);
  return setting == nullptr ? key : setting->key + " (" + setting->flag + ")";
}

}  // namespace wrcor
