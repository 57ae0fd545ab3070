#include <vethwork/lab/view.hpp>

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <thread>
#include <vector>

#include <vethwork/base/text.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::lab {

namespace {

constexpr std::string_view view_name = "view", mounts_name = "view.mounts";

/// Mounts by the numbers that are never given twice, the smallest first.
using Mounts = std::vector<std::uint64_t>;

// Of linux/mount.h, linux/stat.h and linux/pidfd.h up to 6.11, which Debian's headers do not have yet.
constexpr long sys_statmount = 457, sys_listmount = 458;
constexpr std::uint64_t every_mount = ~std::uint64_t{0};  // LSMT_ROOT
constexpr unsigned newest_first = 1;                      // LISTMOUNT_REVERSE, of 6.12
constexpr std::uint64_t ask_file_system = 1;              // STATMOUNT_SB_BASIC
constexpr unsigned ask_mount_id = 0x4000;                 // STATX_MNT_ID_UNIQUE

constexpr unsigned of_thread = O_EXCL;                       // PIDFD_THREAD
constexpr unsigned long ask_mount_namespace = _IO(0xff, 3);  // PIDFD_GET_MNT_NAMESPACE

struct MountRequest {  // struct mnt_id_req
    std::uint32_t size = sizeof(MountRequest), spare = 0;
    std::uint64_t mount = 0, parameter = 0;
};

/// All mounts that are below one, in this mount namespace.
Result<Mounts> list_mounts(std::uint64_t below) {
    constexpr std::size_t at_once = 512;
    Mounts mounts;
    for (MountRequest request{.mount = below};;) {
        auto const known = mounts.size();
        mounts.resize(known + at_once);
        long const count = ::syscall(sys_listmount, &request, mounts.data() + known, at_once, 0u);
        if (count < 0) return system_error("list mounts");
        mounts.resize(known + static_cast<std::size_t>(count));
        if (static_cast<std::size_t>(count) < at_once) break;
        request.parameter = mounts.back();
    }
    std::ranges::sort(mounts);
    return mounts;
}

/// The mount that lies at a path; nothing where none does.
std::optional<std::uint64_t> mount_at(char const* path) {
    struct statx facts {};
    if (::statx(AT_FDCWD, path, 0, ask_mount_id, &facts) != 0) return {};
    if (!(facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) || !(facts.stx_mask & ask_mount_id)) return {};
    return facts.stx_mnt_id;
}

/// Those of all mounts that are no pins of network namespaces.
Result<Mounts> without_pins(Mounts const& mounts) {
    auto const folder = mount_at(netns::run_dir);
    if (!folder) return mounts;
    auto pins = TRY(list_mounts(*folder));
    pins.insert(std::ranges::lower_bound(pins, *folder), *folder);
    Mounts rest;
    std::ranges::set_difference(mounts, pins, std::back_inserter(rest));
    return rest;
}

/// The beginning of struct statmount.
struct MountFacts {
    std::uint32_t size, options;
    std::uint64_t mask;
    std::uint32_t major, minor;
    std::uint64_t magic;  ///< of its file system
    std::uint64_t others[60];
};

std::optional<MountFacts> facts_of(std::uint64_t mount) {
    MountFacts facts{};
    MountRequest const request{.mount = mount, .parameter = ask_file_system};
    if (::syscall(sys_statmount, &request, &facts, sizeof facts, 0u) != 0) return {};
    return facts;
}

/// Whether a mount is a pin: of another lab's view, say.
bool is_pin(std::uint64_t mount) {
    auto const facts = facts_of(mount);
    return facts && facts->magic == NSFS_MAGIC;
}

bool is_there(std::uint64_t mount) { return facts_of(mount).has_value(); }

/// The mounts that came after one; nothing where they are many, or the kernel lists the oldest first only.
std::optional<Mounts> mounts_after(std::uint64_t newest) {
    constexpr std::size_t many = 64;
    Mounts mounts(many);
    MountRequest const request{.mount = every_mount};
    long const count = ::syscall(sys_listmount, &request, mounts.data(), many, newest_first);
    if (count < 0) return {};
    mounts.resize(static_cast<std::size_t>(count));
    auto const known = std::ranges::find_if(mounts, [&](std::uint64_t one) { return one <= newest; });
    if (known == mounts.end() && mounts.size() == many) return {};
    mounts.erase(known, mounts.end());
    return mounts;
}

/// A folder, whatever it is called.
struct Place {
    dev_t device = 0;
    ino_t inode = 0;

    bool operator==(Place const&) const = default;
};

Place place_of(char const* path) {
    struct stat facts {};
    return ::stat(path, &facts) == 0 ? Place{facts.st_dev, facts.st_ino} : Place{};
}

/// What a view was made of.
struct Kept {
    Place root;
    std::uint64_t newest = 0;  ///< up to this one, what is no pin is in `mounts`
    Mounts mounts;
};

/// "DEVICE INODE NEWEST MOUNT...".
Result<> write_kept(Directory const& directory, Kept const& kept) {
    auto text = std::to_string(kept.root.device) + " " + std::to_string(kept.root.inode) + " " +
                std::to_string(kept.newest);
    for (auto const mount : kept.mounts) text += " " + std::to_string(mount);
    return directory.replace(mounts_name, text);
}

std::optional<Kept> read_kept(Directory const& directory) {
    auto const text = read_file(directory.path_of(mounts_name));
    if (!text) return {};
    Mounts numbers;
    for (auto const word : split_words(*text))
        numbers.push_back(parse_number<std::uint64_t>(word, 10).value_or(0));
    if (numbers.size() < 3) return {};
    return Kept{{numbers[0], numbers[1]}, numbers[2], Mounts(numbers.begin() + 3, numbers.end())};
}

/// Whether this process sees what a view was made of; pins may have come.
bool are_same(Kept const& kept) {
    if (kept.root != place_of("/")) return false;
    if (auto const fresh = mounts_after(kept.newest))
        return std::ranges::all_of(*fresh, is_pin) && std::ranges::all_of(kept.mounts, is_there);
    auto const all = list_mounts(every_mount);
    auto const now = all ? without_pins(*all) : all;
    if (!now || !std::ranges::includes(*now, kept.mounts)) return false;
    Mounts fresh;
    std::ranges::set_difference(*now, kept.mounts, std::back_inserter(fresh));
    return std::ranges::all_of(fresh, is_pin);
}

/// The mount namespace of this thread; not by way of /proc, which may be that of other processes.
Result<Fd> own_mounts() {
    Fd const self(static_cast<int>(::syscall(SYS_pidfd_open, ::syscall(SYS_gettid), of_thread)));
    if (!self.is_open()) return system_error("hold this thread");
    Fd mounts(::ioctl(self.get(), ask_mount_namespace, 0));
    if (!mounts.is_open()) return system_error("hold a mount namespace");
    return mounts;
}

/// In a thread of its own: moves it into a mount namespace without pins.
Result<Fd> leave_out_pins() {
    if (::unshare(CLONE_NEWNS) != 0) return system_error("make a mount namespace");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
        return system_error("keep mounts apart");
    while (mount_at(netns::run_dir))
        if (::umount2(netns::run_dir, MNT_DETACH) != 0)
            return system_error("leave out the pins of namespaces");
    auto const root = place_of("/");
    Fd own = TRY(own_mounts());
    if (::setns(own.get(), CLONE_NEWNS) != 0) return system_error("stand at the root of all mounts");
    if (place_of("/") != root) return system_error(ENOSYS, "look at all of the machine's files");
    return own;
}

/// A mount namespace without pins, made by one of the processors.
Result<Fd> pinless(int processor) {
    Result<Fd> made = Fd();
    std::thread([&made, processor] {
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(processor, &only);
        if (::sched_setaffinity(0, sizeof only, &only) == 0) made = leave_out_pins();
    }).join();
    return made;
}

}  // namespace

Result<> keep_view(Directory const& directory) {
    auto const all = TRY(list_mounts(every_mount));
    Kept const kept{place_of("/"), all.empty() ? 0 : all.back(), TRY(without_pins(all))};
    auto const pin = directory.path_of(view_name);
    TRY(write_kept(directory, kept));
    TRY(write_file(pin, ""));
    // A mount namespace may be pinned in an older one only, and 6.18 gives each processor numbers of its own
    // to date them by: the processor that made ours always gives one that is younger.
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return system_error("list processors");
    Result<> pinned = system_error(EINVAL, "pin a mount namespace");
    for (int processor = 0; processor < CPU_SETSIZE && !pinned; ++processor) {
        if (!CPU_ISSET(processor, &allowed)) continue;
        pinned = netns::mount_handle(TRY(pinless(processor)), pin);
        if (!pinned && pinned.error().code != EINVAL && pinned.error().code != ELOOP) break;
    }
    return pinned;
}

void date_view(Directory const& directory) {
    auto kept = read_kept(directory);
    auto const now = list_mounts(every_mount);
    if (!kept || !now || now->empty() || !are_same(*kept)) return;
    kept->newest = now->back();
    (void)write_kept(directory, *kept);  // without it more is looked at
}

std::optional<Fd> open_view(Directory const& directory) {
    auto view = open_file(directory.path_of(view_name), O_RDONLY);
    struct statfs facts {};
    if (!view || ::fstatfs(view->get(), &facts) != 0 || facts.f_type != NSFS_MAGIC) return {};
    auto const kept = read_kept(directory);
    if (!kept || !are_same(*kept)) return {};
    return std::move(*view);
}

void enter_view(Fd const& view) {
    auto const own = own_mounts();
    auto const folder = open_file(".", O_PATH | O_DIRECTORY);
    char path[4096];
    auto const place = place_of(".");
    if (!own || !folder || !::getcwd(path, sizeof path) || ::setns(view.get(), CLONE_NEWNS) != 0) return;
    if (::chdir(path) == 0 && place_of(".") == place) return;
    if (::setns(own->get(), CLONE_NEWNS) == 0) (void)!::fchdir(folder->get());
}

void let_view_go(std::string const& folder) {
    (void)::umount2((folder + "/" + std::string(view_name)).c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
}

}  // namespace vethwork::lab
