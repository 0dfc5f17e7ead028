#pragma once

#include <memory>

#include "wrcor/proxy/proxy.h"

// Every proxy's factory; each proxy lives in the .cpp file that is named beside it.
namespace wrcor {

std::unique_ptr<Proxy> make_wrcor();  // response_correlation.cpp
std::unique_ptr<Proxy> make_rcor();
std::unique_ptr<Proxy> make_acor();
std::unique_ptr<Proxy> make_gcor();

}  // namespace wrcor
