// The machine's mounts as programs in the nodes of a lab see them, without the lab's pins. Such a program
// gets a mount namespace of its own, for which the kernel copies every mount: of a thousand pins that takes
// longer than all the rest. So `up` keeps a mount namespace that is without them, and a program's is made out
// of that, as long as it still shows what the machine's own does. Source: mount_namespaces(7), listmount(2).
#pragma once

#include <optional>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/lab/directory.hpp>

namespace vethwork::lab {

/// From how many namespaces on a view is worth its making.
inline constexpr std::size_t least_for_view = 32;

/// Keeps a view in the lab's folder, as a pin that ends with the folder. To be called by a process whose
/// mounts are the lab's, before the lab's namespaces are pinned. Errors: ENOSYS or ENOTTY where the kernel
/// (before 6.11) does not tell of mounts, or where this process lives in a part of the machine's files only
/// (chroot(2)).
[[nodiscard]] Result<> keep_view(Directory const& directory);

/// Says that all mounts there are now, pins of the lab's own too, are known: to be called once they are
/// there, so that to open the view is a look at what came later. Nothing where there is no view, or it is
/// old.
void date_view(Directory const& directory);

/// The view of a lab that has one and whose mounts, but for pins, are the same as when it was made.
[[nodiscard]] std::optional<Fd> open_view(Directory const& directory);

/// Moves this thread, which shares its working folder with no other, into a view, in the same folder; stays
/// where it is if that folder is another one there.
void enter_view(Fd const& view);

/// Unpins the view below a lab's folder, where there is one.
void let_view_go(std::string const& folder);

}  // namespace vethwork::lab
