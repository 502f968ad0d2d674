/**
 * Lua on the job hashes and their indexes. What a change *is* stands in machine/job-machine.ts; these
 * scripts only write it if nothing else did in between, and keep the indexes equal to the states.
 * Every script begins with the same keys: job, tenant, queued, running, ids, unfinished,
 * virtualTime, finishTags, outbox.
 */
export const INDEX_KEY_COUNT = 9;

const INDEXES = `
local job, byTenant, queued, running, ids = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local unfinished, virtualTime, finishTags, outbox = KEYS[6], KEYS[7], KEYS[8], KEYS[9]

local function isOver(state)
  return state ~= 'queued' and state ~= 'in_progress'
end

local function addState(state, id, createdAtMs)
  if state == 'queued' then redis.call('ZADD', queued, createdAtMs, id) end
  if state == 'in_progress' then redis.call('ZADD', running, createdAtMs, id) end
end

local function removeState(state, id)
  if state == 'queued' then redis.call('ZREM', queued, id) end
  if state == 'in_progress' then redis.call('ZREM', running, id) end
end

-- One job of the tenant is over. When it was the last of all, virtual time begins anew.
local function countOver(tenant, id)
  redis.call('ZREM', outbox, id)
  if redis.call('HINCRBY', unfinished, tenant, -1) <= 0 then redis.call('HDEL', unfinished, tenant) end
  if redis.call('ZCARD', queued) + redis.call('ZCARD', running) == 0 then
    redis.call('DEL', virtualTime, finishTags)
  end
end
`;

/**
 * Key 10: the idempotency key (or the job's again, when there is none).
 * Arguments: id, tenant, data, createdAtMs, share, fingerprint, ttlMs (0: none), maxUnfinished (-1: none), channel.
 * Returns {kind, ...}. Tags as in fairTags() of machine/fair-queue.ts.
 */
export const INSERT_SCRIPT = `${INDEXES}
local id, tenant, data, createdAtMs, share = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local fingerprint, ttlMs, maxUnfinished = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
if ttlMs > 0 then
  local known = redis.call('HMGET', KEYS[10], 'id', 'fingerprint')
  if known[1] and redis.call('SISMEMBER', ids, known[1]) == 1 then
    return known[2] == fingerprint and {'repeat', known[1]} or {'mismatch'}
  end
end
local count = tonumber(redis.call('HGET', unfinished, tenant) or '0')
if maxUnfinished >= 0 and count >= maxUnfinished then return {'full', count} end
if redis.call('EXISTS', job) == 1 then return {'exists'} end

local now = tonumber(redis.call('GET', virtualTime) or '0')
local start = math.max(now, tonumber(redis.call('HGET', finishTags, tenant) or '0'))
local startTag = string.format('%.17g', start)
local finishTag = string.format('%.17g', start + share)
redis.call('HSET', finishTags, tenant, finishTag)
redis.call('HSET', job, 'data', data, 'version', 1, 'state', 'queued', 'start', startTag, 'finish', finishTag)
redis.call('ZADD', byTenant, createdAtMs, id)
redis.call('SADD', ids, id)
redis.call('HINCRBY', unfinished, tenant, 1)
addState('queued', id, createdAtMs)
redis.call('ZADD', outbox, createdAtMs, id)
if ttlMs > 0 then
  redis.call('HSET', KEYS[10], 'id', id, 'fingerprint', fingerprint)
  redis.call('PEXPIRE', KEYS[10], ttlMs)
end
redis.call('PUBLISH', ARGV[9], id)
return {'created', startTag, finishTag}
`;

/**
 * Compare-and-set by version.
 * Arguments: id, tenant, expectedVersion, data, version, state, createdAtMs, channel. Returns 1, or 0
 * when the job changed or went away in between.
 */
export const COMMIT_SCRIPT = `${INDEXES}
local id, tenant, state = ARGV[1], ARGV[2], ARGV[6]
local before = redis.call('HMGET', job, 'version', 'state', 'start')
if before[1] ~= ARGV[3] then return 0 end
redis.call('HSET', job, 'data', ARGV[4], 'version', ARGV[5], 'state', state)
if state ~= before[2] then
  removeState(before[2], id)
  addState(state, id, ARGV[7])
  if isOver(state) and not isOver(before[2]) then countOver(tenant, id) end
  if state == 'in_progress' and tonumber(before[3]) > tonumber(redis.call('GET', virtualTime) or '0') then
    redis.call('SET', virtualTime, before[3])
  end
end
redis.call('PUBLISH', ARGV[8], id)
return 1
`;

/** Key 10: where the creation time stays. Arguments: id, tenant, channel, its lifetime in ms. Returns 1 if the tenant had this job. */
export const REMOVE_SCRIPT = `${INDEXES}
local id, tenant = ARGV[1], ARGV[2]
local createdAtMs = redis.call('ZSCORE', byTenant, id)
if not createdAtMs then return 0 end
redis.call('SET', KEYS[10], createdAtMs, 'PX', ARGV[4])
local state = redis.call('HGET', job, 'state')
redis.call('DEL', job)
redis.call('ZREM', byTenant, id)
redis.call('SREM', ids, id)
removeState(state, id)
if not isOver(state) then countOver(tenant, id) end
redis.call('PUBLISH', ARGV[3], id)
return 1
`;

/**
 * Key 1: the tenant's sorted set; key 2: the creation time of the cursor's job if that was deleted. Arguments: cursor
 * ('' for none), count, 'asc' or 'desc', prefix of job hashes. Returns the records' data, or nil for an unknown cursor.
 */
export const PAGE_SCRIPT = `
local from = 0
if ARGV[1] ~= '' then
  local ranked = ARGV[3] == 'asc' and 'ZRANK' or 'ZREVRANK'
  local rank = redis.call(ranked, KEYS[1], ARGV[1])
  local gone = not rank and redis.call('GET', KEYS[2])
  if rank then
    from = rank + 1
  elseif gone then
    redis.call('ZADD', KEYS[1], gone, ARGV[1])
    from = redis.call(ranked, KEYS[1], ARGV[1])
    redis.call('ZREM', KEYS[1], ARGV[1])
  else
    return false
  end
end
local range = ARGV[3] == 'asc' and 'ZRANGE' or 'ZREVRANGE'
local rows = {}
for i, id in ipairs(redis.call(range, KEYS[1], from, from + tonumber(ARGV[2]) - 1)) do
  rows[i] = redis.call('HGET', ARGV[4] .. id, 'data')
end
return rows
`;
