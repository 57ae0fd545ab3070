// Whether checksums and segmentation are left to a device, in the present network namespace.
// Source: <linux/ethtool.h>.
#pragma once

#include <string>

#include <vethwork/base/result.hpp>

namespace vethwork::apply {

[[nodiscard]] Result<> set_offload(std::string const& link, bool on);
/// Whether the device makes checksums.
[[nodiscard]] Result<bool> get_offload(std::string const& link);

}  // namespace vethwork::apply
