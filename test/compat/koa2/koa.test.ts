import Router from '@koa/router';
import Koa from 'koa';
import { describeKoa } from '../../support/koa-cases.js';

describeKoa('Koa 2, @koa/router 12', Koa, Router);
