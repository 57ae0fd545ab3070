#include <vethwork/observe/drop_program.hpp>

namespace vethwork::observe {

namespace {

using Label = BpfProgram::Label;
using enum BpfRegister;
using enum BpfSize;
using enum BpfCondition;
using enum BpfOperation;

// What stays over calls.
constexpr auto context = r6, packet = r7, device = r8;
constexpr auto counter = r9;  // of the namespace, until the record is there
constexpr auto record = r9;
// On the stack.
constexpr std::int16_t scratch = -8, inode = -16;

/// Inodes of namespaces begin here (PROC_DYNAMIC_FIRST of the kernel): anything less was read from a place
/// that holds something else.
constexpr auto first_inode = static_cast<std::int32_t>(0xf0000000);
/// A packet's route shares its word with a flag.
constexpr std::int32_t route_mask = ~7;

std::int32_t bytes_of(BpfSize size) {
    return size == double_word ? 8 : size == BpfSize::word ? 4 : size == half ? 2 : 1;
}

std::int16_t place(std::size_t offset) { return static_cast<std::int16_t>(offset); }

class Writer {
public:
    Writer(DropFacts const& facts, int watched_fd, int ring_fd)
        : facts_(facts), at_(facts.offsets), watched_fd_(watched_fd), ring_fd_(ring_fd) {}

    std::vector<bpf_insn> write() {
        program_.move(context, r1);
        program_.load(double_word, packet, context, 0);
        find_namespace();
        program_.place(found_);
        look_up_and_reserve();
        fill_head();
        fill_device();
        fill_bytes();
        submit();
        program_.place(end_);
        program_.move(r0, 0);
        program_.exit();
        return program_.finish();
    }

private:
    /// to = what lies `offset` bytes behind an address in the kernel; 0 where there is nothing.
    void read(BpfSize size, BpfRegister to, BpfRegister address, std::uint32_t offset) {
        program_.move(r3, address);
        program_.compute(add, r3, static_cast<std::int32_t>(offset));
        program_.move(r1, r10);
        program_.compute(add, r1, scratch);
        program_.move(r2, bytes_of(size));
        program_.call(BPF_FUNC_probe_read_kernel);
        program_.load(size, to, r10, scratch);
    }

    /// The namespace whose pointer lies at `offset` behind `address`: its inode goes to the stack, and the
    /// program goes on at found_. Falls through where there is none.
    void try_namespace(BpfRegister address, std::uint32_t offset, Label otherwise) {
        read(double_word, r0, address, offset);
        program_.jump_if(r0, equal, 0, otherwise);
        read(BpfSize::word, r0, r0, at_.net_inode);
        program_.store(BpfSize::word, r10, inode, r0);
        program_.jump_if(r0, greater_or_equal, first_inode, found_, BpfWidth::word);
    }

    /// Device, socket, route and receiving socket in turn: a packet has each only at times.
    void find_namespace() {
        auto const by_socket = program_.label(), by_route = program_.label(), by_receiver = program_.label();
        read(double_word, device, packet, at_.skb_dev);
        program_.jump_if(device, equal, 0, by_socket);
        try_namespace(device, at_.device_net, by_socket);

        program_.place(by_socket);
        program_.move(device, 0);
        read(double_word, r0, packet, at_.skb_sk);
        program_.jump_if(r0, equal, 0, by_route);
        try_namespace(r0, at_.sock_net, by_route);

        program_.place(by_route);
        read(double_word, r0, packet, at_.skb_dst);
        program_.compute(bit_and, r0, route_mask);
        program_.jump_if(r0, equal, 0, by_receiver);
        read(double_word, device, r0, at_.dst_device);
        program_.jump_if(device, equal, 0, by_receiver);
        try_namespace(device, at_.device_net, by_receiver);

        program_.place(by_receiver);
        program_.move(device, 0);
        if (facts_.has_receiving_socket) {
            program_.load(double_word, r0, context, 3 * 8);
            program_.jump_if(r0, equal, 0, end_);
            try_namespace(r0, at_.sock_net, end_);
        }
        program_.jump(end_);
    }

    void look_up_and_reserve() {
        auto const reserved = program_.label();
        program_.load_map(r1, watched_fd_);
        program_.move(r2, r10);
        program_.compute(add, r2, inode);
        program_.call(BPF_FUNC_map_lookup_elem);
        program_.jump_if(r0, equal, 0, end_);
        program_.move(counter, r0);
        program_.load_map(r1, ring_fd_);
        program_.move(r2, sizeof(DropRecord) + most_drop_bytes);
        program_.move(r3, 0);
        program_.call(BPF_FUNC_ringbuf_reserve);
        program_.jump_if(r0, not_equal, 0, reserved);
        program_.move(r1, 1);
        program_.add_atomically(counter, 0, r1);
        program_.jump(end_);
        program_.place(reserved);
        program_.move(record, r0);
    }

    void fill_head() {
        program_.call(BPF_FUNC_ktime_get_ns);
        program_.store(double_word, record, place(offsetof(DropRecord, time)), r0);
        program_.load(double_word, r0, context, 1 * 8);
        program_.store(double_word, record, place(offsetof(DropRecord, location)), r0);
        if (facts_.has_reason)
            program_.load(double_word, r0, context, 2 * 8);
        else
            program_.move(r0, 0);
        program_.store(BpfSize::word, record, place(offsetof(DropRecord, reason)), r0);
        program_.load(BpfSize::word, r0, r10, inode);
        program_.store(BpfSize::word, record, place(offsetof(DropRecord, netns)), r0);
        read(BpfSize::word, r0, packet, at_.skb_input);
        program_.store(BpfSize::word, record, place(offsetof(DropRecord, came_from)), r0);
        read(half, r0, packet, at_.skb_protocol);
        program_.store(half, record, place(offsetof(DropRecord, protocol)), r0);
    }

    /// Also where there is no device: what is read from nowhere is zero.
    void fill_device() {
        read(BpfSize::word, r0, device, at_.device_index);
        program_.store(BpfSize::word, record, place(offsetof(DropRecord, link)), r0);
        program_.move(r1, record);
        program_.compute(add, r1, place(offsetof(DropRecord, device)));
        program_.move(r2, sizeof DropRecord::device);
        program_.move(r3, device);
        program_.compute(add, r3, static_cast<std::int32_t>(at_.device_name));
        program_.call(BPF_FUNC_probe_read_kernel);
    }

    /// The packet from its network header to its tail, cut to the room there is. Its address goes to r8, its
    /// length stays on the stack over the last read.
    void fill_bytes() {
        constexpr auto address = r8;
        auto const at_most = program_.label(), done = program_.label();
        read(half, address, packet, at_.skb_network_header);
        read(BpfSize::word, r0, packet, at_.skb_tail);
        program_.compute(subtract, r0, address);
        program_.store(double_word, r10, inode, r0);
        read(double_word, r0, packet, at_.skb_head);
        program_.compute(BpfOperation::add, address, r0);
        program_.load(double_word, r2, r10, inode);
        program_.move(r7, 0);
        program_.jump_if(r2, signed_less, 0, done);
        program_.jump_if(r2, less_or_equal, most_drop_bytes, at_most);
        program_.move(r2, most_drop_bytes);
        program_.place(at_most);
        program_.move(r7, r2);
        program_.move(r1, record);
        program_.compute(BpfOperation::add, r1, sizeof(DropRecord));
        program_.move(r3, address);
        program_.call(BPF_FUNC_probe_read_kernel);
        program_.jump_if(r0, equal, 0, done);
        program_.move(r7, 0);
        program_.place(done);
        program_.store(half, record, place(offsetof(DropRecord, size)), r7);
    }

    void submit() {
        program_.move(r1, record);
        program_.move(r2, 0);
        program_.call(BPF_FUNC_ringbuf_submit);
    }

    DropFacts const& facts_;
    DropFacts::Offsets const& at_;
    int watched_fd_, ring_fd_;
    BpfProgram program_;
    Label found_ = program_.label(), end_ = program_.label();
};

}  // namespace

std::vector<bpf_insn> drop_program(DropFacts const& facts, int watched_fd, int ring_fd) {
    return Writer(facts, watched_fd, ring_fd).write();
}

}  // namespace vethwork::observe
