import test from 'ava';
import {
  essence,
  failureIn,
  parseMessage,
  parseMessages,
  wordsOf,
} from '../../src/providers/vagrant/machine-readable.js';

test('a line is a timestamp, a machine, a type and data', (t) => {
  t.deepEqual(parseMessage('1795376109,web,metadata,provider,virtualbox'), {
    machine: 'web',
    type: 'metadata',
    data: ['provider', 'virtualbox'],
  });
});

test('a line about no machine has none', (t) => {
  t.deepEqual(parseMessage("1795376109,,ui,info,Bringing machine 'web' up"), {
    type: 'ui',
    data: ['info', "Bringing machine 'web' up"],
  });
});

test('escaped commas, line ends and carriage returns are what they stand for', (t) => {
  const message = parseMessage('1,web,state-human-long,The VM is running%!(VAGRANT_COMMA)\\nor was\\r');
  t.deepEqual(message?.data, ['The VM is running,\nor was\r']);
});

test('what is no message is left out', (t) => {
  t.is(parseMessage('/usr/lib/ruby/vendor_ruby/x.rb:1: warning: old'), undefined);
  t.is(parseMessage(''), undefined);
  t.is(parseMessage('1795376109,web'), undefined);
  t.is(parseMessages('1,web,state,running\r\nnoise\n2,db,state,poweroff\n').length, 2);
});

test('a carriage return that ends the line is no part of the data', (t) => {
  t.deepEqual(parseMessage('1,web,state,running\r')?.data, ['running']);
});

test("people are told Vagrant's words without its marks", (t) => {
  t.deepEqual(wordsOf('1,web,ui,info,==> web: Booting VM...'), ['Booting VM...']);
  t.deepEqual(wordsOf('1,web,ui,detail,    web: SSH address: 127.0.0.1:2222'), ['SSH address: 127.0.0.1:2222']);
  t.deepEqual(wordsOf('1,web,ui,info,==> web: one\\n==> web: two%!(VAGRANT_COMMA) three'), ['one', 'two, three']);
  t.deepEqual(wordsOf('1,web,ui,info,\\r\u001b[K==> web: Cloning VM...'), ['Cloning VM...']);
});

test('people are not told what is for programs, and not the empty', (t) => {
  t.deepEqual(wordsOf('1,web,action,up,start'), []);
  t.deepEqual(wordsOf('1,web,ui,info,    web: '), []);
  t.deepEqual(wordsOf('a warning of Ruby'), ['a warning of Ruby']);
});

test('why Vagrant gave up is the class and the words of its last error', (t) => {
  const text = [
    "1,,ui,error,The machine with the name 'x' was not found",
    "1,,error-exit,Vagrant::Errors::MachineNotFound,The machine with the name 'x' was not found configured for\\nthis Vagrant environment.",
  ].join('\n');
  t.deepEqual(failureIn(parseMessages(text)), {
    name: 'Vagrant::Errors::MachineNotFound',
    words: "The machine with the name 'x' was not found configured for\nthis Vagrant environment.",
  });
  t.is(failureIn(parseMessages('1,web,action,up,end')), undefined);
});

test('of a program that Vagrant ran its own words are told', (t) => {
  const words =
    'There was an error while executing `VBoxManage`.\n\nCommand: ["startvm"]\n\nStderr: VBoxManage: error: one\nVBoxManage: error: two';
  t.is(essence({ name: 'Vagrant::Errors::VBoxManageError', words }), 'VBoxManage: error: one\nVBoxManage: error: two');
  t.is(essence({ name: 'x', words: 'One.\n\nTwo.\n\nThree.' }), 'One.\nTwo.');
});
